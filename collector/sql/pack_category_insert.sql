-- One lecture category.
-- $1 integer: register_version · $2 text: name · $3 text: label_zh · $4 text: is_five
INSERT INTO zhibao.lecture_category (register_version, name, label_zh, is_five)
VALUES ($1, $2, $3, $4 = 'yes')
