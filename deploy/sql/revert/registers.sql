-- Revert registers

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION analyze_registers();
DROP FUNCTION standing_office(integer);
DROP FUNCTION open_office(integer);
DROP FUNCTION register_at(timestamptz);
DROP TABLE programme_file;
DROP TABLE rule_switch;
DROP TABLE lecture_category;
DROP TABLE form_item;
DROP TABLE milestone;
DROP TABLE plan_line;
DROP TABLE township_lineage;
DROP TABLE township_version;
DROP TABLE office_tree;
DROP TABLE office;
DROP TABLE programme_version;

COMMIT;
