-- Revert accounts

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION account_set(text, text, text, text[], boolean, text);
DROP FUNCTION acting_account(text, text[]);
DROP FUNCTION account_history(timestamptz);
DROP TABLE account_change;
DROP TABLE account;
DROP FUNCTION account_record();
DROP FUNCTION refuse_change();
DROP FUNCTION refuse_controls(text, text);
DROP FUNCTION refuse(text, text);

COMMIT;
