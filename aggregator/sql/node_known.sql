-- Whether a node is in the registers that belong to an instant.
-- $1 text: node · $2 timestamptz: as_of, NULL for what is folded
-- Result: boolean.
SELECT EXISTS (SELECT FROM zhibao.office o WHERE o.code = $1
	AND o.register_version = zhibao.facts_register(CASE WHEN $2 < (SELECT s.as_of FROM zhibao.fold_state s) THEN $2 END))
