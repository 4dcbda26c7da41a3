-- Deploy reviews: verdicts on revisions (ruling R2) and picks among branches (ruling R1).

BEGIN;

SET LOCAL search_path TO zhibao;

CREATE TABLE review (
	office_code text NOT NULL,
	item_id uuid NOT NULL,
	revision_id uuid NOT NULL,
	review_no bigint GENERATED ALWAYS AS IDENTITY,
	verdict text NOT NULL CHECK (verdict IN ('pending', 'accepted', 'returned', 'rejected')),
	reason text,
	remarks jsonb CHECK (jsonb_typeof(remarks) = 'array'),
	cure_on date,
	reviewer text NOT NULL,
	reviewer_office_code text NOT NULL,
	reviewed_at timestamptz NOT NULL,
	xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
	PRIMARY KEY (office_code, item_id, revision_id, review_no)
);
COMMENT ON TABLE review IS 'Verdicts on revisions (审核), ruling R2; the newest on a revision holds. Written through review_post; read by the aggregator and the collector.';
COMMENT ON COLUMN review.office_code IS 'office of the item (单位代码)';
COMMENT ON COLUMN review.item_id IS 'item (记录编号)';
COMMENT ON COLUMN review.revision_id IS 'revision judged (版本编号)';
COMMENT ON COLUMN review.review_no IS 'order of the verdicts (审核序号)';
COMMENT ON COLUMN review.verdict IS 'pending takes an earlier verdict back (审核结论)';
COMMENT ON COLUMN review.reason IS 'words for the office (审核意见), required unless accepted';
COMMENT ON COLUMN review.remarks IS 'remarks on single fields or cells (逐项意见): field, its Chinese name as label, text';
COMMENT ON COLUMN review.cure_on IS 'day by which the correction is expected, inclusive (整改期限)';
COMMENT ON COLUMN review.reviewer IS 'account that judged (审核人)';
COMMENT ON COLUMN review.reviewer_office_code IS 'its office then (审核单位)';
COMMENT ON COLUMN review.reviewed_at IS 'instant of the verdict (审核时间)';
COMMENT ON COLUMN review.xid IS 'transaction that wrote it';
GRANT SELECT ON review TO zhibao_aggregator, zhibao_collector, zhibao_admin;
CREATE INDEX review_by_xid ON review (xid);

CREATE TABLE branch_pick (
	office_code text NOT NULL,
	item_id uuid NOT NULL,
	pick_no bigint GENERATED ALWAYS AS IDENTITY,
	revision_id uuid NOT NULL,
	reason text NOT NULL CHECK (reason <> ''),
	picked_by text NOT NULL,
	picked_at timestamptz NOT NULL,
	xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
	PRIMARY KEY (office_code, item_id, pick_no)
);
COMMENT ON TABLE branch_pick IS 'Branches picked by a reviewer where revisions conflict (冲突裁定), ruling R1. Written through branch_pick_post; read by the aggregator.';
COMMENT ON COLUMN branch_pick.office_code IS 'office of the item (单位代码)';
COMMENT ON COLUMN branch_pick.item_id IS 'item (记录编号)';
COMMENT ON COLUMN branch_pick.pick_no IS 'order of the picks (裁定序号)';
COMMENT ON COLUMN branch_pick.revision_id IS 'revision whose branch counts (选定版本)';
COMMENT ON COLUMN branch_pick.reason IS 'why (裁定理由)';
COMMENT ON COLUMN branch_pick.picked_by IS 'account that picked (裁定人)';
COMMENT ON COLUMN branch_pick.picked_at IS 'instant of the pick (裁定时间)';
COMMENT ON COLUMN branch_pick.xid IS 'transaction that wrote it';
GRANT SELECT ON branch_pick TO zhibao_aggregator, zhibao_admin;
CREATE INDEX branch_pick_by_xid ON branch_pick (xid);

-- Newest verdict on each revision at an instant; revisions without one are pending.
CREATE FUNCTION verdicts_at(p_as_of timestamptz) RETURNS SETOF review
LANGUAGE sql STABLE ROWS 1000 AS $$
	SELECT DISTINCT ON (r.office_code, r.item_id, r.revision_id) r.*
	FROM zhibao.review r WHERE r.reviewed_at <= p_as_of
	ORDER BY r.office_code, r.item_id, r.revision_id, r.review_no DESC
$$;
COMMENT ON FUNCTION verdicts_at(timestamptz) IS 'Verdicts that hold at an instant (有效审核结论), ruling R2.';

-- What a verdict is called, everywhere; none given is pending.
CREATE FUNCTION verdict_zh(p_verdict text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE coalesce(p_verdict, 'pending') WHEN 'pending' THEN '待审' WHEN 'accepted' THEN '审核通过' WHEN 'returned' THEN '已退回'
		WHEN 'rejected' THEN '不予采纳' END
$$;
COMMENT ON FUNCTION verdict_zh(text) IS 'Words for verdicts (审核结论).';

COMMIT;
