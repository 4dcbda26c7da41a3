-- Opens, changes or closes an account. A repeat is safe: it sets the same, and leaves no trace of its own.
-- $1 text: login · $2 text: name · $3 text: office · $4 text: roles, by comma · $5 boolean: open · $6 text: who acts, as the command tells it
SELECT zhibao.account_set($1, $2, $3, string_to_array($4, ','), $5, $6)
