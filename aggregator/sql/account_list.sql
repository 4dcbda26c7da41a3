-- Accounts.
-- Result: text login, text name, text office, text roles, boolean open.
SELECT a.login, a.display_name, a.office_code, array_to_string(a.roles, ','), a.closed_at IS NULL
FROM zhibao.account a ORDER BY a.login
