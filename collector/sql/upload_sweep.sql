-- Drops uploads that nobody went on with. A repeat finds none.
-- $1 bigint: age, unit millisecond
DELETE FROM zhibao.upload WHERE completed_at IS NULL AND touched_at < now() - $1 * interval '1 millisecond'
