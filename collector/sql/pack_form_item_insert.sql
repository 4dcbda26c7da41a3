-- One item of the statistics form.
-- $1 integer: register_version · $2 text: item_no · $3 text: section · $4 text: code · $5 text: label_zh · $6 text: value_type · $7 text: unit · $8 text: sub_fields · $9 text: aggregation_rule
INSERT INTO zhibao.form_item (register_version, item_no, section, code, label_zh, value_type, unit, sub_fields, aggregation_rule)
VALUES ($1, nullif($2, '')::integer, $3, $4, $5, $6, nullif($7, ''), nullif($8, ''), nullif($9, ''))
