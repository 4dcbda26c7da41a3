-- Revert fold_anew

BEGIN;

SET LOCAL search_path TO zhibao;

REVOKE TRUNCATE ON fold_state, fold_mark, counted_lecture, covering_day, covering_unit, session_day, session_month, session_sum, counted_study, current_plan_item,
	current_claim FROM zhibao_aggregator;
DROP FUNCTION fold_is_anew(timestamptz);
DROP FUNCTION fold_anew_end(timestamptz, xid8, integer);
DROP FUNCTION analyze_rollups();
DROP FUNCTION fold_anew_part(timestamptz, integer, integer);
DROP FUNCTION fold_anew_begin(timestamptz);

COMMIT;
