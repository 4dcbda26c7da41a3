-- Revert fold_lectures

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION fold_lectures(timestamptz, boolean, boolean);
DROP FUNCTION fold_units(text[]);
DROP FUNCTION fold_counters();
DROP FUNCTION fold_groups(boolean);
DROP FUNCTION fold_tables();

COMMIT;
