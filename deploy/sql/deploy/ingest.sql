-- Deploy ingest: keys, streams, batches and quarantine: what arrived, provably.

BEGIN;

SET LOCAL search_path TO zhibao;

CREATE TABLE agent_key (
	key_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	public_key bytea NOT NULL UNIQUE CHECK (octet_length(public_key) = 32),
	office_code text NOT NULL,
	label text NOT NULL,
	enrolled_at timestamptz NOT NULL DEFAULT now(),
	valid_to timestamptz,
	revoked_at timestamptz
);
COMMENT ON TABLE agent_key IS 'CURVE public keys of agents and the office each speaks for (代理密钥). Written by the collector (enrol); read by the collector and the aggregator.';
COMMENT ON COLUMN agent_key.key_id IS 'number of the key, the user id of its connections (密钥编号)';
COMMENT ON COLUMN agent_key.public_key IS 'Curve25519 public key (公钥)';
COMMENT ON COLUMN agent_key.office_code IS 'office it speaks for (单位代码)';
COMMENT ON COLUMN agent_key.label IS 'name of the machine (主机说明)';
COMMENT ON COLUMN agent_key.enrolled_at IS 'when it was enrolled (登记时间)';
COMMENT ON COLUMN agent_key.valid_to IS 'end of validity (失效时间), NULL for none';
COMMENT ON COLUMN agent_key.revoked_at IS 'when it was revoked (吊销时间), NULL while it may speak';
GRANT SELECT, INSERT, UPDATE ON agent_key TO zhibao_collector;
GRANT SELECT ON agent_key TO zhibao_aggregator, zhibao_admin;

CREATE TABLE stream (
	office_code text NOT NULL,
	stream_id bigint GENERATED ALWAYS AS IDENTITY,
	outbox_uuid bytea NOT NULL CHECK (octet_length(outbox_uuid) = 16),
	key_id bigint NOT NULL,
	session_gen bigint NOT NULL,
	acked_seq bigint NOT NULL,
	chain bytea NOT NULL CHECK (octet_length(chain) = 32),
	duplicate_count bigint NOT NULL DEFAULT 0,
	created_at timestamptz NOT NULL DEFAULT now(),
	last_received_at timestamptz,
	PRIMARY KEY (office_code, stream_id),
	UNIQUE (office_code, outbox_uuid)
);
COMMENT ON TABLE stream IS 'Streams of records, one per outbox (上行流): what is durable and where its chain stands. Written by the collector; read by the aggregator.';
COMMENT ON COLUMN stream.office_code IS 'office of the key (单位代码)';
COMMENT ON COLUMN stream.stream_id IS 'number of the stream (流编号)';
COMMENT ON COLUMN stream.outbox_uuid IS 'outbox of the agent (发件箱标识)';
COMMENT ON COLUMN stream.key_id IS 'key that opened the newest session (密钥编号)';
COMMENT ON COLUMN stream.session_gen IS 'generation of the newest session (会话代次)';
COMMENT ON COLUMN stream.acked_seq IS 'newest durable sequence number (已确认序号)';
COMMENT ON COLUMN stream.chain IS 'chain after acked_seq (链值)';
COMMENT ON COLUMN stream.duplicate_count IS 'batches that came again; the update makes the repeat wait for the standby too (重复批次数)';
COMMENT ON COLUMN stream.created_at IS 'first hello (建立时间)';
COMMENT ON COLUMN stream.last_received_at IS 'received_at of the newest batch (最近接收时间)';
GRANT SELECT, INSERT, UPDATE ON stream TO zhibao_collector;
GRANT SELECT ON stream TO zhibao_aggregator, zhibao_admin;

CREATE TABLE batch (
	office_code text NOT NULL,
	batch_id bigint NOT NULL,
	stream_id bigint NOT NULL,
	key_id bigint NOT NULL,
	first_seq bigint NOT NULL,
	last_seq bigint NOT NULL,
	prev_chain bytea NOT NULL CHECK (octet_length(prev_chain) = 32),
	chain bytea NOT NULL CHECK (octet_length(chain) = 32),
	received_at timestamptz NOT NULL,
	xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
	body bytea COMPRESSION lz4,
	PRIMARY KEY (office_code, batch_id),
	UNIQUE (office_code, stream_id, first_seq)
);
COMMENT ON TABLE batch IS 'Every accepted batch with its chain and, unless store.keep_batches is false, its raw bytes (批次), so that the store can be verified and projected again. Written by the collector; read by the aggregator.';
COMMENT ON COLUMN batch.office_code IS 'office of the key (单位代码)';
COMMENT ON COLUMN batch.batch_id IS 'number of the batch (批次编号), from batch_id_seq';
COMMENT ON COLUMN batch.stream_id IS 'stream (流编号)';
COMMENT ON COLUMN batch.key_id IS 'key that sent it (密钥编号)';
COMMENT ON COLUMN batch.first_seq IS 'first sequence number (起始序号)';
COMMENT ON COLUMN batch.last_seq IS 'last sequence number (结束序号)';
COMMENT ON COLUMN batch.prev_chain IS 'chain before it (前链值)';
COMMENT ON COLUMN batch.chain IS 'chain after it (链值)';
COMMENT ON COLUMN batch.received_at IS 'when the centre knew (接收时间): the only instant that timeliness and as_of look at';
COMMENT ON COLUMN batch.xid IS 'transaction that stored it, for readers that follow the tail';
COMMENT ON COLUMN batch.body IS 'the Batch message byte for byte (原文), NULL when it was received with store.keep_batches false';
GRANT SELECT, INSERT ON batch TO zhibao_collector;
GRANT SELECT ON batch TO zhibao_aggregator, zhibao_admin;

CREATE TABLE quarantine (
	office_code text NOT NULL,
	stream_id bigint NOT NULL,
	seq bigint NOT NULL,
	batch_id bigint NOT NULL,
	received_at timestamptz NOT NULL,
	item_office_code text,
	item_id uuid,
	revision_id uuid,
	base_revision_id uuid,
	kind text,
	code text NOT NULL,
	field text NOT NULL,
	text text NOT NULL,
	body bytea NOT NULL,
	PRIMARY KEY (office_code, stream_id, seq)
);
COMMENT ON TABLE quarantine IS 'Records that arrived and break a rule (退回记录): stored, told to the agent, never counted. Written by the collector; read by the aggregator.';
COMMENT ON COLUMN quarantine.office_code IS 'office of the key (单位代码)';
COMMENT ON COLUMN quarantine.stream_id IS 'stream (流编号)';
COMMENT ON COLUMN quarantine.seq IS 'place in the stream (序号)';
COMMENT ON COLUMN quarantine.batch_id IS 'batch that brought it (批次编号)';
COMMENT ON COLUMN quarantine.received_at IS 'instant of receipt (接收时间)';
COMMENT ON COLUMN quarantine.item_office_code IS 'office the record is of, NULL where the sender may not act for it (记录所属单位)';
COMMENT ON COLUMN quarantine.item_id IS 'item, where it could be read (记录编号)';
COMMENT ON COLUMN quarantine.revision_id IS 'revision, where it could be read (版本编号)';
COMMENT ON COLUMN quarantine.base_revision_id IS 'revision its author saw (依据版本)';
COMMENT ON COLUMN quarantine.kind IS 'kind, where it could be read (记录类别)';
COMMENT ON COLUMN quarantine.code IS 'stable code (错误代码)';
COMMENT ON COLUMN quarantine.field IS 'field at fault, empty when the whole record is (字段)';
COMMENT ON COLUMN quarantine.text IS 'what to do, in Chinese (说明)';
COMMENT ON COLUMN quarantine.body IS 'the Record message byte for byte (原文)';
GRANT SELECT, INSERT ON quarantine TO zhibao_collector;
GRANT SELECT ON quarantine TO zhibao_aggregator, zhibao_admin;


CREATE SEQUENCE batch_id_seq;
COMMENT ON SEQUENCE batch_id_seq IS 'Numbers of batches (批次编号), drawn before the rows are copied.';
GRANT USAGE ON SEQUENCE batch_id_seq TO zhibao_collector;

CREATE INDEX batch_by_xid ON batch (xid);
CREATE INDEX batch_by_received_at ON batch (received_at);
CREATE INDEX quarantine_by_revision ON quarantine (item_office_code, item_id, revision_id);
CREATE INDEX quarantine_by_batch ON quarantine (batch_id);

COMMIT;
