-- A report was handed out.
-- $1 bigint: job · $2 text: host and folder its files were put in, NULL for none
-- Result: void.
SELECT zhibao.report_delivered($1, $2)
