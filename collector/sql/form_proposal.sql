-- What the records of an office give for its statistics form, as of now (rulings R15, R16).
-- $1 text: office · $2 text: period, mid_year or year_end · $3 text: scope, own or with_subordinates · $4 date: day of filling in
-- Result: int item_no, text sub_field, bigint count, boolean yes, text words or rate, bigint numerator, bigint sources,
-- int first and last day of the period since 1970-01-01, timestamptz as_of; every cell in the order of the form.
SELECT item_no, sub_field, evidence_count, evidence_yes, coalesce(evidence_text, ''), numerator, sources,
	first_on - date '1970-01-01', last_on - date '1970-01-01', as_of
FROM zhibao.form_proposal($1, $2, $3, $4) ORDER BY place
