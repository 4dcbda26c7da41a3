-- The closure of the office tree.
-- $1 integer: register_version
INSERT INTO zhibao.office_tree (register_version, ancestor_code, code)
WITH RECURSIVE up AS (
	SELECT o.code AS ancestor_code, o.code FROM zhibao.office o WHERE o.register_version = $1
	UNION ALL
	SELECT o.parent_code, u.code FROM up u
	JOIN zhibao.office o ON o.register_version = $1 AND o.code = u.ancestor_code
	WHERE o.parent_code IS NOT NULL
)
SELECT $1, ancestor_code, code FROM up
