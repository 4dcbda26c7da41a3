-- One obligation.
-- $1 integer: register_version · $2 text: milestone_no · $3 text: due_on · $4 text: actor_level · $5 text: obligation_zh · $6 text: submission_kind · $7 text: applies_to · $8 text: source_line
-- $9 text: judged_by · $10 text: evidence
INSERT INTO zhibao.milestone (register_version, milestone_no, due_on, actor_level, obligation_zh, submission_kind, applies_to, source_line,
	judged_by, evidence)
VALUES ($1, nullif($2, '')::integer, nullif($3, '')::date, $4, $5, nullif($6, ''), nullif($7, ''), nullif($8, ''), $9, nullif($10, ''))
