-- Has the office a plan item with this identifier?
-- $1 text: office · $2 uuid: item
-- Result: boolean.
SELECT EXISTS (SELECT FROM zhibao.plan_item WHERE office_code = $1 AND item_id = $2)
