-- Revert reports

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION report_failed(bigint, text, boolean);
DROP FUNCTION report_delivered(bigint, text);
DROP FUNCTION report_verified(bigint);
DROP FUNCTION report_store(bigint, text[], bytea[], bytea[], bytea[], text, text, integer, integer, bigint);
DROP FUNCTION report_expect(bigint, text);
DROP FUNCTION report_disclosures(timestamptz);
DROP FUNCTION report_disclose(text, bigint, text[], text);
DROP FUNCTION report_permit(text, text);
DROP FUNCTION report_await(bigint);
DROP FUNCTION report_release(bigint);
DROP FUNCTION report_claim(bigint);
DROP FUNCTION report_due(text, date, timestamptz);
DROP FUNCTION report_period(date, text);
DROP FUNCTION report_schedule(timestamptz, text[], text[], interval);
DROP FUNCTION report_calendar(timestamptz, text[], text[], interval);
DROP FUNCTION report_enqueue(text, text, text, timestamptz, text);
DROP FUNCTION report_part(integer, text);
DROP TABLE report_disclosure;
DROP TABLE report_artifact;
DROP TABLE report_job;

COMMIT;
