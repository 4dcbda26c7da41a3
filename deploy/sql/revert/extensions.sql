-- Revert extensions

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION exemption_withdraw(text, text, integer, text);
DROP FUNCTION exemption_grant(text, text, integer, text, timestamptz);
DROP FUNCTION extension_withdraw(text, text, integer, text);
DROP FUNCTION extension_grant(text, text, integer, timestamptz, text);
DROP FUNCTION deadline_acting(text, text, integer);
DROP FUNCTION deadline_text(timestamptz);
DROP FUNCTION deadline_lock(text);
DROP FUNCTION extension_of_revision(item_revision, timestamptz);
DROP FUNCTION exemption_at(text, timestamptz);
DROP FUNCTION extension_at(text, timestamptz);
DROP TABLE exemption;
DROP TABLE extension;

COMMIT;
