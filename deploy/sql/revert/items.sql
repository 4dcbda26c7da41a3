-- Revert items

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION value_zh(text, text, text);
DROP TABLE value_label;
DROP TABLE kind_label;
DROP VIEW item_revision;
DROP FUNCTION text_is_blank(text);
DROP FUNCTION text_without_blanks(text);

COMMIT;
