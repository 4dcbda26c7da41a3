-- A file of the programme pack.
-- $1 text: name · $2 date: unused, NULL · $3 timestamptz: as_of, NULL for what is folded
-- Result: bytea, one row; none when there is no such file.
SELECT f.content
FROM zhibao.programme_file f
WHERE f.register_version = zhibao.facts_register($3) AND f.name = $1 AND $2::date IS NULL
