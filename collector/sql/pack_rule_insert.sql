-- One rule switch.
-- $1 integer: register_version · $2 text: name · $3 text: value · $4 text: allowed · $5 text: source
INSERT INTO zhibao.rule_switch (register_version, name, value, allowed, source)
VALUES ($1, $2, $3, $4, $5)
