-- Revert freezes

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION figures_beside(text, date, text);
DROP FUNCTION figure_freeze_next(integer);
DROP FUNCTION figure_freeze(date, text, integer);
DROP FUNCTION figure_freeze_due();
DROP FUNCTION figure_digest(date, text);
DROP FUNCTION figure_line(text, text, bigint, bigint);
DROP FUNCTION figure_head(date, text, date, timestamptz, integer, text);
DROP TABLE frozen_figure;
DROP TABLE frozen_set;

COMMIT;
