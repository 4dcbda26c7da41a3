-- Revert items

BEGIN;

SET LOCAL search_path TO zhibao;

DROP TABLE value_label;
DROP VIEW item_revision;

COMMIT;
