-- Posts a verdict. A repeat adds the same verdict once more, which changes nothing.
-- $1 text: login · $2 text: office · $3 uuid: item · $4 uuid: revision · $5 text: verdict · $6 text: reason or NULL
-- $7 text: remarks as field=text;field=text, or NULL · $8 date: cure by, or NULL · $9 text: Chinese names of those fields in the same
-- order with a semicolon between, or NULL
-- Result: bigint, number of the verdict.
SELECT zhibao.review_post($1, $2, $3, $4, $5, $6, (SELECT jsonb_agg(jsonb_build_object('field', split_part(r.remark, '=', 1), 'label', r.label,
	'text', substr(r.remark, strpos(r.remark, '=') + 1)) ORDER BY r.place)
	FROM ROWS FROM (string_to_table($7, ';'), string_to_table($9, ';')) WITH ORDINALITY AS r (remark, label, place)), $8)
