-- Reminds by hand one office, or everyone below who still owes.
-- $1 text: login · $2 text: office, NULL for all below · $3 integer: milestone · $4 text: words to add, or NULL
-- Result: integer, how many offices.
SELECT zhibao.reminder_post($1, $2, $3, $4)
