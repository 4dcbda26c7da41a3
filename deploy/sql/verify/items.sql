-- Verify items

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT text_is_blank(NULL);
SELECT kind FROM item_revision WHERE false;
SELECT kind, place, label_zh FROM kind_label WHERE false;
SELECT kind, field, value, label_zh FROM value_label WHERE false;

ROLLBACK;
