-- What every record table begins with, read by the deploy files that make such tables (LIKE record_head INCLUDING COMMENTS).
-- Part of released changes: never edited once they are released; a new column is a new change.
CREATE TEMPORARY TABLE record_head (
	office_code text NOT NULL,
	item_id uuid NOT NULL,
	revision_id uuid NOT NULL,
	base_revision_id uuid,
	operation text NOT NULL,
	recorded_at timestamptz NOT NULL,
	author text NOT NULL,
	author_office_code text NOT NULL,
	received_at timestamptz NOT NULL,
	batch_id bigint NOT NULL,
	seq bigint NOT NULL,
	programme_version integer NOT NULL,
	correction_reason text
) ON COMMIT DROP;
COMMENT ON COLUMN record_head.office_code IS 'office the record counts for (单位代码), from the sending key or on_behalf_of';
COMMENT ON COLUMN record_head.item_id IS 'item (记录编号), UUIDv7 made at the agent';
COMMENT ON COLUMN record_head.revision_id IS 'revision (版本编号), UUIDv7 made at the agent';
COMMENT ON COLUMN record_head.base_revision_id IS 'revision its author saw (依据版本)';
COMMENT ON COLUMN record_head.operation IS 'submit, amend or withdraw (操作)';
COMMENT ON COLUMN record_head.recorded_at IS 'clock of the agent at entry (录入时间)';
COMMENT ON COLUMN record_head.author IS 'who entered it (经办人)';
COMMENT ON COLUMN record_head.author_office_code IS 'office of the key that sent it (报送单位)';
COMMENT ON COLUMN record_head.received_at IS 'instant the centre received it (接收时间), that of its batch';
COMMENT ON COLUMN record_head.batch_id IS 'batch that brought it (批次), points to batch';
COMMENT ON COLUMN record_head.seq IS 'place in the stream of the agent (序号)';
COMMENT ON COLUMN record_head.programme_version IS 'version of the programme pack its author saw (活动版本)';
COMMENT ON COLUMN record_head.correction_reason IS 'why a stored record was corrected or withdrawn (更正原因), NULL when none was given';
