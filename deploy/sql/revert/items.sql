-- Revert items

BEGIN;

SET LOCAL search_path TO zhibao;

DROP TABLE value_label;
DROP TABLE kind_label;
DROP VIEW item_revision;

COMMIT;
