-- What a comparison must always be, for the tests that include this.

-- Contributions that nothing explains: no record and no reason; or one of records by another reason than what passes by itself.
CREATE FUNCTION pg_temp.nameless(p_diff jsonb) RETURNS bigint LANGUAGE sql AS $$
	SELECT count(*) FROM jsonb_array_elements(p_diff -> 'indicators') i CROSS JOIN jsonb_array_elements(i -> 'contributions') c
	WHERE jsonb_array_length(c -> 'records') = 0 AND (jsonb_array_length(c -> 'reasons') = 0 OR c ->> 'step' = 'records' AND EXISTS (
		SELECT FROM jsonb_array_elements(c -> 'reasons') r WHERE r ->> 'code' NOT IN ('due', 'exemption_ended') OR r ->> 'text_zh' = '')) $$;
-- Changed figures that no contribution speaks of.
CREATE FUNCTION pg_temp.silent(p_diff jsonb) RETURNS bigint LANGUAGE sql AS $$
	SELECT count(*) FROM jsonb_array_elements(p_diff -> 'indicators') i CROSS JOIN jsonb_array_elements(i -> 'figures') f
	WHERE NOT EXISTS (SELECT FROM jsonb_array_elements(i -> 'contributions') c WHERE c -> 'nodes' ? (f ->> 'node_code') AND c -> 'parts' ? (f ->> 'part')) $$;
-- Records named for the step of the records to which nothing was done between the two instants, or told with what came later.
CREATE FUNCTION pg_temp.untouched(p_diff jsonb) RETURNS bigint LANGUAGE sql AS $$
	SELECT count(*) FROM jsonb_array_elements(p_diff -> 'indicators') i CROSS JOIN jsonb_array_elements(i -> 'contributions') c
	CROSS JOIN jsonb_array_elements(c -> 'records') r CROSS JOIN (SELECT (p_diff #>> '{a,as_of}')::timestamptz AS a, (p_diff #>> '{b,as_of}')::timestamptz AS b) p
	WHERE coalesce((r ->> 'received_at')::timestamptz > p.b, true) OR (r #>> '{review,reviewed_at}')::timestamptz > p.b OR c ->> 'step' = 'records' AND CASE WHEN r ? 'item_id' THEN
		NOT EXISTS (SELECT FROM zhibao.item_revision v WHERE v.office_code = r ->> 'office_code' AND v.item_id::text = r ->> 'item_id' AND v.received_at > p.a AND v.received_at <= p.b
			UNION ALL SELECT FROM zhibao.review v WHERE v.office_code = r ->> 'office_code' AND v.item_id::text = r ->> 'item_id' AND v.reviewed_at > p.a AND v.reviewed_at <= p.b
			UNION ALL SELECT FROM zhibao.branch_pick v WHERE v.office_code = r ->> 'office_code' AND v.item_id::text = r ->> 'item_id' AND v.picked_at > p.a AND v.picked_at <= p.b
			UNION ALL SELECT FROM zhibao.quarantine v WHERE v.item_office_code = r ->> 'office_code' AND v.item_id::text = r ->> 'item_id' AND v.received_at > p.a AND v.received_at <= p.b)
		ELSE (r ->> 'received_at')::timestamptz <= p.a END $$;
