-- What a remark on a revision may name: the kind of the revision, and the cell of the statistics form of that name.
-- $1 text: office · $2 uuid: item · $3 uuid: revision · $4 text: field, or cell as item_no or item_no.sub_field
-- Result: text kind, text name of the cell in Chinese (NULL where it is none, or the kind is another); no row for an unknown revision.
SELECT r.kind, c.label_zh
FROM zhibao.item_revision r LEFT JOIN zhibao.form_cell c ON r.kind = 'statistics_form'
	AND $4 = c.item_no || CASE c.sub_field WHEN '' THEN '' ELSE '.' || c.sub_field END
WHERE r.office_code = $1 AND r.item_id = $2 AND r.revision_id = $3
