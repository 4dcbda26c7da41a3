-- What changed in accounts, oldest first.
-- $1 text: login, or NULL for all · $2 timestamptz: as_of, NULL for now
-- Result: text when, Shanghai time, text login, text what, text in words, text by whom, text database role.
SELECT to_char(h.changed_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS'), h.login, h.what, h.detail, h.changed_by, h.database_role
FROM zhibao.account_history(coalesce($2::timestamptz, 'infinity')) h WHERE $1::text IS NULL OR h.login = $1 ORDER BY h.change_no
