-- Verify form_findings

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT has_function_privilege('form_findings(text, uuid, uuid, timestamptz)', 'execute');
SELECT has_function_privilege('form_revision(text, uuid, timestamptz)', 'execute');

ROLLBACK;
