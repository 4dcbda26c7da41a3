-- Must the roll-ups be made anew?
-- $1 timestamptz: horizon
-- Result: boolean.
SELECT zhibao.fold_is_anew($1)
