-- Verify form_support

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT has_function_privilege('form_support(text, timestamptz)', 'execute');

ROLLBACK;
