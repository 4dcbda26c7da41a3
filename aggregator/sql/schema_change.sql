-- Is the schema the one this program was written for?
-- $1 text: newest change needed
-- Result: boolean.
SELECT EXISTS (SELECT FROM sqitch.changes WHERE project = 'zhibao' AND change = $1)
