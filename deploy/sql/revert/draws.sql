-- Revert draws

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION draw_json(bigint, timestamptz);
DROP FUNCTION draw_entry(bigint, timestamptz);
DROP FUNCTION draw_run_post(text, bigint, integer, integer, integer);
DROP FUNCTION draw_select(bigint, bytea, integer, integer, integer);
DROP FUNCTION draw_commit(text, text, text);
DROP FUNCTION draw_line(text, text, integer);
DROP FUNCTION draw_weight(text, timestamptz);
DROP FUNCTION draw_support(timestamptz);
DROP FUNCTION draw_lateness(timestamptz);
DROP FUNCTION draw_population(text, integer);
DROP FUNCTION draw_key(bytea, text, bigint);
DROP TABLE draw_sample;
DROP TABLE draw_run;
DROP TABLE draw_member;
DROP TABLE draw_seed;
DROP TABLE draw;
DROP TABLE draw_scheme;

COMMIT;
