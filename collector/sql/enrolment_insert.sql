-- Issues a one-time key. Each call issues another one; the key is new, so a repeat cannot happen.
-- $1 bytea: public half · $2 text: office · $3 text: label · $4 bigint: validity, unit millisecond
-- Result: timestamptz expires_at.
INSERT INTO zhibao.enrolment (public_key, office_code, label, expires_at)
VALUES ($1, $2, $3, now() + $4 * interval '1 millisecond')
RETURNING expires_at
