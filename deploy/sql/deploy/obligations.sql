-- Deploy obligations: deadlines (期限): an obligation row for every office and milestone; extensions, exemptions, reminders.

BEGIN;

SET LOCAL search_path TO zhibao;

COMMIT;
