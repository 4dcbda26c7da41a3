-- A mark that is another one when keys in force, enrolments or newest messages are others than before: these are read only then. A key or
-- an enrolment never changes but by coming into force and going out of it.
-- Result: text.
SELECT concat_ws(' ',
	(SELECT concat_ws('/', count(*), sum(key_id), bit_xor(hashint8extended(key_id, 0))) FROM zhibao.agent_key
		WHERE revoked_at IS NULL AND (valid_to IS NULL OR valid_to > now())),
	(SELECT concat_ws('/', count(*), sum(enrolment_id), bit_xor(hashint8extended(enrolment_id, 0))) FROM zhibao.enrolment WHERE expires_at > now()),
	(SELECT concat_ws('/', count(*), sum(last_seq)) FROM zhibao.downlink_head))
