-- Verify freezes

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT * FROM frozen_set JOIN frozen_figure USING (milestone_on, indicator) WHERE false;
SELECT 'figure_freeze_next(integer)'::regprocedure;

ROLLBACK;
