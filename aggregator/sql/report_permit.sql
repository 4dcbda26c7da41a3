-- Whether an account may have a report with the names of persons (A1-05); refused otherwise. A repeat is safe: it reads.
-- $1 text: login · $2 text: node
-- Result: text name of who has the account.
SELECT (zhibao.report_permit($1, $2)).display_name
