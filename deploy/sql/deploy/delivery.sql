-- Deploy delivery: enrolment, receipts, gaps, files and the way down to the offices.

BEGIN;

SET LOCAL search_path TO zhibao;

ALTER TABLE agent_key ADD COLUMN replaces_key_id bigint REFERENCES agent_key;
COMMENT ON COLUMN agent_key.replaces_key_id IS 'key it took over from in a rotation (被替换密钥)';
ALTER TABLE stream ADD COLUMN forked_from bytea;
COMMENT ON COLUMN stream.forked_from IS 'stream it went on from after a fork (原发件箱标识)';
ALTER TABLE stream ADD COLUMN fork_seq bigint;
COMMENT ON COLUMN stream.fork_seq IS 'last sequence number shared with that stream (分叉序号)';
ALTER TABLE stream ADD COLUMN downlink_acked_seq bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN stream.downlink_acked_seq IS 'newest downlink message stored at the agent (已确认下行序号)';
ALTER TABLE stream ADD COLUMN software text NOT NULL DEFAULT '';
COMMENT ON COLUMN stream.software IS 'version of the agent (软件版本)';
ALTER TABLE stream ADD COLUMN protocol integer NOT NULL DEFAULT 1;
COMMENT ON COLUMN stream.protocol IS 'protocol version of the newest session (协议版本)';

CREATE TABLE enrolment (
	enrolment_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	public_key bytea NOT NULL UNIQUE CHECK (octet_length(public_key) = 32),
	office_code text NOT NULL,
	label text NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now(),
	expires_at timestamptz NOT NULL,
	used_at timestamptz,
	key_id bigint REFERENCES agent_key
);
COMMENT ON TABLE enrolment IS 'One-time keys with which a machine is let in once (一次性登记). Written and read by the collector.';
COMMENT ON COLUMN enrolment.enrolment_id IS 'number of the enrolment (登记编号)';
COMMENT ON COLUMN enrolment.public_key IS 'public half of the one-time key (一次性公钥)';
COMMENT ON COLUMN enrolment.office_code IS 'office the new key will speak for (单位代码)';
COMMENT ON COLUMN enrolment.label IS 'what it was issued for (说明)';
COMMENT ON COLUMN enrolment.created_at IS 'when it was issued (签发时间)';
COMMENT ON COLUMN enrolment.expires_at IS 'end of validity (失效时间)';
COMMENT ON COLUMN enrolment.used_at IS 'when it was used (使用时间)';
COMMENT ON COLUMN enrolment.key_id IS 'key it enrolled (密钥编号)';
GRANT SELECT, INSERT, UPDATE ON enrolment TO zhibao_collector;
GRANT SELECT ON enrolment TO zhibao_admin;

CREATE TABLE signing_key (
	name text PRIMARY KEY,
	public_key bytea NOT NULL UNIQUE CHECK (octet_length(public_key) = 32),
	added_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE signing_key IS 'Public keys that check receipts (回执公钥); kept for ever. Written by the collector; read by all.';
COMMENT ON COLUMN signing_key.name IS 'name of the key (密钥名)';
COMMENT ON COLUMN signing_key.public_key IS 'Ed25519 public key (公钥)';
COMMENT ON COLUMN signing_key.added_at IS 'when a collector first used it (启用时间)';
GRANT SELECT, INSERT ON signing_key TO zhibao_collector;
GRANT SELECT ON signing_key TO zhibao_aggregator, zhibao_admin;

CREATE TABLE stream_gap (
	office_code text NOT NULL,
	stream_id bigint NOT NULL,
	first_seq bigint NOT NULL,
	last_seq bigint NOT NULL,
	reason text NOT NULL,
	batch_id bigint NOT NULL,
	received_at timestamptz NOT NULL,
	PRIMARY KEY (office_code, stream_id, first_seq)
);
COMMENT ON TABLE stream_gap IS 'Records that agents could not send because their ledgers were damaged (缺口): the loss is on record. Written by the collector; read by the aggregator.';
COMMENT ON COLUMN stream_gap.office_code IS 'office of the key (单位代码)';
COMMENT ON COLUMN stream_gap.stream_id IS 'stream (流编号)';
COMMENT ON COLUMN stream_gap.first_seq IS 'first missing sequence number (起始序号)';
COMMENT ON COLUMN stream_gap.last_seq IS 'last missing sequence number (结束序号)';
COMMENT ON COLUMN stream_gap.reason IS 'why, as the agent says (原因)';
COMMENT ON COLUMN stream_gap.batch_id IS 'batch that told of it (批次编号)';
COMMENT ON COLUMN stream_gap.received_at IS 'instant of receipt (接收时间)';
GRANT SELECT, INSERT ON stream_gap TO zhibao_collector;
GRANT SELECT ON stream_gap TO zhibao_aggregator, zhibao_admin;

CREATE TABLE upload (
	office_code text NOT NULL,
	upload_id bigint GENERATED ALWAYS AS IDENTITY,
	file_id bytea NOT NULL CHECK (octet_length(file_id) = 32),
	size_bytes bigint NOT NULL CHECK (size_bytes > 0),
	chunk_bytes integer NOT NULL CHECK (chunk_bytes > 0),
	next_chunk integer NOT NULL DEFAULT 0,
	name text NOT NULL,
	media_type text NOT NULL,
	item_id uuid,
	started_at timestamptz NOT NULL DEFAULT now(),
	touched_at timestamptz NOT NULL DEFAULT now(),
	completed_at timestamptz,
	PRIMARY KEY (office_code, upload_id),
	UNIQUE (office_code, file_id)
);
COMMENT ON TABLE upload IS 'Files an office has sent or is sending (附件上传), also those of the centre itself, whose office is empty. Written by the collector; read by the aggregator.';
COMMENT ON COLUMN upload.office_code IS 'office of the key (单位代码)';
COMMENT ON COLUMN upload.upload_id IS 'number of the upload (上传编号)';
COMMENT ON COLUMN upload.file_id IS 'BLAKE2b-256 of the content (文件标识)';
COMMENT ON COLUMN upload.size_bytes IS 'size, unit byte (文件大小)';
COMMENT ON COLUMN upload.chunk_bytes IS 'size of every chunk but the last, unit byte (分块大小)';
COMMENT ON COLUMN upload.next_chunk IS 'first chunk not yet stored (起始分块)';
COMMENT ON COLUMN upload.name IS 'name to show (文件名)';
COMMENT ON COLUMN upload.media_type IS 'such as application/pdf (媒体类型)';
COMMENT ON COLUMN upload.item_id IS 'item it belongs to (所属记录)';
COMMENT ON COLUMN upload.started_at IS 'first offer (开始时间)';
COMMENT ON COLUMN upload.touched_at IS 'newest chunk or offer (最近活动)';
COMMENT ON COLUMN upload.completed_at IS 'when the whole was hashed and stored (完成时间)';
GRANT SELECT, INSERT, UPDATE, DELETE ON upload TO zhibao_collector;
GRANT SELECT ON upload TO zhibao_aggregator, zhibao_admin;

CREATE TABLE file_chunk (
	office_code text NOT NULL,
	upload_id bigint NOT NULL,
	chunk_no integer NOT NULL,
	data bytea NOT NULL,
	PRIMARY KEY (office_code, upload_id, chunk_no),
	FOREIGN KEY (office_code, upload_id) REFERENCES upload ON DELETE CASCADE
);
COMMENT ON TABLE file_chunk IS 'Content of files in chunks (文件分块). Written by the collector; read by the collector and the aggregator.';
COMMENT ON COLUMN file_chunk.office_code IS 'office of the upload (单位代码)';
COMMENT ON COLUMN file_chunk.upload_id IS 'upload (上传编号)';
COMMENT ON COLUMN file_chunk.chunk_no IS 'place, from 0 (分块号)';
COMMENT ON COLUMN file_chunk.data IS 'content (内容)';
-- Videos and scans do not shrink; trying costs time.
ALTER TABLE file_chunk ALTER COLUMN data SET STORAGE EXTERNAL;
GRANT SELECT, INSERT, DELETE ON file_chunk TO zhibao_collector;
GRANT SELECT ON file_chunk TO zhibao_aggregator, zhibao_admin;

CREATE TABLE file (
	file_id bytea PRIMARY KEY CHECK (octet_length(file_id) = 32),
	office_code text NOT NULL,
	upload_id bigint NOT NULL,
	size_bytes bigint NOT NULL,
	stored_at timestamptz NOT NULL DEFAULT now(),
	FOREIGN KEY (office_code, upload_id) REFERENCES upload
);
COMMENT ON TABLE file IS 'Files that are whole and hashed (文件), once however many offices sent them. Written by the collector; read by the aggregator.';
COMMENT ON COLUMN file.file_id IS 'BLAKE2b-256 of the content (文件标识)';
COMMENT ON COLUMN file.office_code IS 'office of the upload that holds the content (单位代码)';
COMMENT ON COLUMN file.upload_id IS 'upload that holds the content (上传编号)';
COMMENT ON COLUMN file.size_bytes IS 'size, unit byte (文件大小)';
COMMENT ON COLUMN file.stored_at IS 'when it was whole (存全时间)';
GRANT SELECT, INSERT ON file TO zhibao_collector;
GRANT SELECT ON file TO zhibao_aggregator, zhibao_admin;

CREATE TABLE downlink (
	office_code text NOT NULL,
	seq bigint NOT NULL CHECK (seq > 0),
	kind integer NOT NULL CHECK (kind BETWEEN 1 AND 4),
	created_at timestamptz NOT NULL DEFAULT now(),
	author text NOT NULL,
	title text NOT NULL,
	text text NOT NULL,
	item_id uuid,
	revision_id uuid,
	verdict integer CHECK (verdict BETWEEN 1 AND 4),
	file_id bytea,
	programme text,
	programme_version integer,
	milestone_no integer,
	due_at timestamptz,
	delivered_at timestamptz,
	PRIMARY KEY (office_code, seq)
);
COMMENT ON TABLE downlink IS 'Messages from the centre to an office (下行消息), numbered without holes. Written through downlink_post and what agents acknowledge; read by the collector and the aggregator.';
COMMENT ON COLUMN downlink.office_code IS 'office it goes to (单位代码)';
COMMENT ON COLUMN downlink.seq IS 'number per office, from 1 (下行序号)';
COMMENT ON COLUMN downlink.kind IS 'DownlinkKind of the protocol: 1 notice, 2 review, 3 programme, 4 extension (类别)';
COMMENT ON COLUMN downlink.created_at IS 'when it was made (发出时间)';
COMMENT ON COLUMN downlink.author IS 'who wrote it (发出人)';
COMMENT ON COLUMN downlink.title IS 'headline (标题)';
COMMENT ON COLUMN downlink.text IS 'the words (正文)';
COMMENT ON COLUMN downlink.item_id IS 'item a review is about (记录编号)';
COMMENT ON COLUMN downlink.revision_id IS 'revision a review is about (版本编号)';
COMMENT ON COLUMN downlink.verdict IS 'Verdict of the protocol: 1 pending, 2 accepted, 3 returned, 4 rejected (审核意见)';
COMMENT ON COLUMN downlink.file_id IS 'file that can be asked for (文件标识)';
COMMENT ON COLUMN downlink.programme IS 'programme of a pack (活动标识)';
COMMENT ON COLUMN downlink.programme_version IS 'version of a pack (活动版本)';
COMMENT ON COLUMN downlink.milestone_no IS 'milestone an extension is about (任务编号)';
COMMENT ON COLUMN downlink.due_at IS 'new due instant (延至)';
COMMENT ON COLUMN downlink.delivered_at IS 'when the centre learned that an agent of the office had stored it (送达时间), NULL until then';
GRANT SELECT ON downlink TO zhibao_collector, zhibao_aggregator, zhibao_admin;

-- An agent of the office has stored its messages up to a number: they are delivered from now on.
CREATE FUNCTION downlink_deliver() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = zhibao, pg_temp AS $$
BEGIN
	UPDATE zhibao.downlink SET delivered_at = clock_timestamp()
	WHERE office_code = NEW.office_code AND seq <= NEW.downlink_acked_seq AND delivered_at IS NULL;
	RETURN NULL;
END $$;
COMMENT ON FUNCTION downlink_deliver() IS 'Notes which messages were delivered (登记下行送达).';
REVOKE ALL ON FUNCTION downlink_deliver() FROM PUBLIC;
CREATE TRIGGER downlink_deliver AFTER INSERT OR UPDATE OF downlink_acked_seq ON stream
	FOR EACH ROW WHEN (NEW.downlink_acked_seq > 0) EXECUTE FUNCTION downlink_deliver();

CREATE TABLE downlink_head (
	office_code text PRIMARY KEY,
	last_seq bigint NOT NULL
);
COMMENT ON TABLE downlink_head IS 'Newest number of the messages to each office (下行最新序号). Written through downlink_post; read by the collector.';
COMMENT ON COLUMN downlink_head.office_code IS 'office (单位代码)';
COMMENT ON COLUMN downlink_head.last_seq IS 'newest number (最新序号)';
GRANT SELECT ON downlink_head TO zhibao_collector, zhibao_aggregator, zhibao_admin;

CREATE INDEX upload_by_touch ON upload (touched_at) WHERE completed_at IS NULL;
CREATE INDEX agent_key_by_office ON agent_key (office_code);

-- Posts one message to one office and gives it the next number. The row of the head is locked until the commit, so numbers appear in order and without holes.
CREATE FUNCTION downlink_post(p_office_code text, p_kind integer, p_author text, p_title text, p_text text,
	p_item_id uuid DEFAULT NULL, p_revision_id uuid DEFAULT NULL, p_verdict integer DEFAULT NULL, p_file_id bytea DEFAULT NULL,
	p_programme text DEFAULT NULL, p_programme_version integer DEFAULT NULL, p_milestone_no integer DEFAULT NULL,
	p_due_at timestamptz DEFAULT NULL) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = zhibao, pg_temp AS $$
	WITH head AS (
		INSERT INTO zhibao.downlink_head AS h (office_code, last_seq) VALUES (p_office_code, 1)
		ON CONFLICT (office_code) DO UPDATE SET last_seq = h.last_seq + 1
		RETURNING last_seq)
	INSERT INTO zhibao.downlink (office_code, seq, kind, author, title, text, item_id, revision_id, verdict, file_id, programme,
		programme_version, milestone_no, due_at)
	SELECT p_office_code, last_seq, p_kind, p_author, p_title, p_text, p_item_id, p_revision_id, p_verdict, p_file_id, p_programme,
		p_programme_version, p_milestone_no, p_due_at FROM head
	RETURNING seq
$$;
COMMENT ON FUNCTION downlink_post(text, integer, text, text, text, uuid, uuid, integer, bytea, text, integer, integer, timestamptz) IS
	'Posts a message to an office (下发消息) and returns its number.';
REVOKE ALL ON FUNCTION downlink_post(text, integer, text, text, text, uuid, uuid, integer, bytea, text, integer, integer, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION downlink_post(text, integer, text, text, text, uuid, uuid, integer, bytea, text, integer, integer, timestamptz)
	TO zhibao_collector, zhibao_aggregator;

COMMIT;
