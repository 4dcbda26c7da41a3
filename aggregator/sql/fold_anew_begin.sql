-- Empties the roll-ups. A repeat is safe: it begins again.
-- $1 timestamptz: horizon
-- Result: timestamptz limit; text, transaction to go on from; integer register or NULL.
SELECT b.as_of, b.next_xid::text, b.register FROM zhibao.fold_anew_begin($1) b
