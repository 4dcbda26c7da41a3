-- Verify form_consolidation

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT has_function_privilege('form_consolidated(text, text, timestamptz)', 'execute');

ROLLBACK;
