-- Timeline of the server: it grows with every failover and never shrinks in a sound cluster.
-- Result: text, 8 hexadecimal digits.
SELECT left(pg_walfile_name(pg_current_wal_insert_lsn()), 8)
