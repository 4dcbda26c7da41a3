-- Revert reviews

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION verdicts_at(timestamptz);
DROP FUNCTION account_set(text, text, text, text[], boolean);
DROP FUNCTION acting_account(text, text[]);
DROP TABLE branch_pick;
DROP TABLE review;
DROP TABLE account;
DROP FUNCTION refuse(text, text);

COMMIT;
