-- Verify accounts

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT login, display_name, office_code, roles, created_at, closed_at FROM account WHERE false;
SELECT change_no, login, changes, display_name, office_code, roles, is_open, changed_by, database_role, changed_at FROM account_change WHERE false;
SELECT 1 / (NOT has_table_privilege('zhibao_aggregator', 'account_change', 'INSERT,UPDATE,DELETE'))::integer;

ROLLBACK;
