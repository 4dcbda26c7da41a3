-- One day of the work calendar.
-- $1 integer: register_version · $2 text: day · $3 text: kind, holiday or workday · $4 text: name
INSERT INTO zhibao.calendar_day (register_version, day, kind, name_zh) VALUES ($1, $2::date, $3, nullif($4, ''))
