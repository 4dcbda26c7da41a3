-- What each office at and below a node has of its own, where shares add up, for other systems. An as_of at or after the folded instant is what is folded.
-- $1 text: node · $2 date: on, NULL for the day of as_of · $3 timestamptz: as_of, NULL for what is folded
-- Result: text node, text indicator, text part, bigint numerator, bigint denominator or NULL, text value or NULL, date on,
-- timestamptz as_of, text rule version, text style (percent, ratio, count), text unit, text indicator name, text part name.
SELECT f.node_code, f.indicator, f.part, f.numerator, f.denominator, f.value, f.on_day, f.as_of, f.rule_version, f.style, f.unit,
	f.indicator_zh, f.part_zh
FROM zhibao.export_figures($1, $2, CASE WHEN $3 < (SELECT s.as_of FROM zhibao.fold_state s) THEN $3 END, true) f
