# SPDX-License-Identifier: Apache-2.0
"""One invented year for all tests of reports, as if it had run in 2024, and the audit made of it."""
import json

import pytest

from pastyear import hand_out_reports, load_in_2024, past_year
from reports import files_of, report


@pytest.fixture(scope="session")
def centre():
    centre = past_year(scale="0.1", reports="")
    cluster = centre.cluster
    load_in_2024(centre)
    acts(cluster)
    late_cuts(cluster)
    papers(cluster)
    hand_out_reports(centre)
    (centre.home / "out").mkdir()
    yield centre
    centre.stop()
    cluster.remove()


def acts(cluster):
    """What offices decided in the year, which the commands would date today."""
    cluster.psql("""
        INSERT INTO zhibao.extension (programme, office_code, milestone_no, until_at, reason, granted_by, granter_office_code, granted_at)
            SELECT programme, '420100', 2, '2024-04-02+08', '防汛', '张三', '420000', '2024-03-20+08' FROM zhibao.programme_version;
        INSERT INTO zhibao.exemption (programme, office_code, milestone_no, reason, granted_by, granter_office_code, granted_at,
                withdrawn_by, withdrawer_office_code, withdrawn_at, withdraw_reason)
            SELECT programme, '420200', 2, '机构撤并', '李四', '420000', '2024-03-20+08', '李四', '420000', '2024-03-22+08', '误批' FROM zhibao.programme_version;
        INSERT INTO zhibao.reminder (programme, office_code, milestone_no, step, due_at, step_at, made_at, made_by, text, downlink_seq)
            SELECT programme, r.office, 2, r.step, '2024-03-26+08', r.at, r.at, '', 'x', 1 FROM zhibao.programme_version,
                (VALUES ('420100', 'due-3', '2024-03-23+08'::timestamptz), ('420200', 'due-3', '2024-03-23+08'), ('420200', 'overdue', '2024-03-26+08')) r (office, step, at);
        INSERT INTO zhibao.draw OVERRIDING SYSTEM VALUE SELECT 1, 'coverage_spot_check', NULL, sha256(decode(repeat('ab', 32), 'hex')),
            decode(repeat('00', 32), 'hex'), 1, '2024-11-30+08', '张三', '420000', '2024-12-01+08';
        INSERT INTO zhibao.draw_member VALUES (1, '420102', '420100', 100, '{}'), (1, '420103', '420100', 100, '{}');
        INSERT INTO zhibao.draw_run VALUES (1, decode(repeat('ab', 32), 'hex'), 1, 1, 1, '张三', '420000', '2024-12-02+08');
        INSERT INTO zhibao.draw_sample VALUES (1, '420102', 1, 1);
        INSERT INTO zhibao.account VALUES ('wang', '赵六', '420100', '{city_operator}', '2024-03-01+08', NULL);
        INSERT INTO zhibao.account_change (login, changes, display_name, office_code, roles, is_open, changed_by, database_role, changed_at) VALUES
            ('wang', '{created}', '王五', '420100', '{city_operator}', true, 'admin', 'zhibao_aggregator', '2024-03-01+08'),
            ('wang', '{renamed}', '赵六', '420100', '{city_operator}', true, 'admin', 'zhibao_aggregator', '2024-12-01+08')""")


def late_cuts(cluster):
    """From 10-01 on one plan line is lowered to a single session and another is withdrawn (ruling R10); before that one is lowered, which
    is no late cut. Each comes in a batch of its own at the end of its stream."""
    cluster.psql("""SET session_replication_role = replica;
        CREATE TABLE cut AS SELECT c.*, p AS line, nextval('zhibao.batch_id_seq') AS batch_id, b.stream_id, b.key_id, b.last_seq + 1 AS seq, b.chain AS prev_chain
        FROM (SELECT q.p, row_number() OVER (ORDER BY (q.p).office_code) AS place FROM (
                SELECT DISTINCT ON (i.office_code) i AS p FROM zhibao.plan_item i
                WHERE i.planned_min > 1 AND i.operation = 'submit' AND i.received_at < '2024-09-01' AND i.author_office_code = i.office_code
                    AND i.received_at = (SELECT min(f.received_at) FROM zhibao.plan_item f WHERE f.office_code = i.office_code)
                    AND NOT EXISTS (SELECT FROM zhibao.plan_item n WHERE n.office_code = i.office_code AND n.item_id = i.item_id AND n.revision_id <> i.revision_id)
                ORDER BY i.office_code, i.received_at, i.batch_id, i.seq) q) l
        JOIN (VALUES (1, 'amend', 1, '2024-10-20 09:00+08'::timestamptz, '汛情'), (2, 'withdraw', NULL, '2024-11-02 09:00+08', '活动取消'),
            (3, 'amend', 1, '2024-09-20 09:00+08', '合并举办')) c (place, operation, planned_min, at, reason) USING (place)
        CROSS JOIN LATERAL (SELECT * FROM zhibao.batch b WHERE b.office_code = (l.p).office_code ORDER BY b.stream_id DESC, b.last_seq DESC LIMIT 1) b;
        INSERT INTO zhibao.batch (office_code, batch_id, stream_id, key_id, first_seq, last_seq, prev_chain, chain, received_at, body)
            SELECT (line).office_code, batch_id, stream_id, key_id, seq, seq, prev_chain, sha256(prev_chain), at, '' FROM cut;
        INSERT INTO zhibao.plan_item SELECT (jsonb_populate_record(line, jsonb_build_object('revision_id', md5('cut' || place)::uuid,
            'base_revision_id', (line).revision_id, 'operation', operation, 'planned_min', planned_min, 'received_at', at, 'correction_reason', reason,
            'batch_id', batch_id, 'seq', seq))).* FROM cut;
        DROP TABLE cut""")


def papers(cluster):
    """The invented papers are all alike; some get an address, a number, a reason, a file or an interpretation of their own."""
    cluster.psql("""SET session_replication_role = replica;
        UPDATE zhibao.policy_document SET doc_no = '鄂人社发〔2024〕1号', urls = ARRAY['https://rsj.example.gov.cn/1'], first_published_on = issued_on + 3
            WHERE office_code LIKE '4201%';
        UPDATE zhibao.policy_document SET disclosure = 'exempt', exempt_reason = '涉密' WHERE office_code LIKE '4202%';
        UPDATE zhibao.policy_document SET disclosure = 'on_request' WHERE office_code LIKE '4203%';
        UPDATE zhibao.media_product SET plan_item_id = (SELECT plan_item_id FROM zhibao.plan_line WHERE row_no = 8), printed_copies = 500
            WHERE office_code IN ('420000U02', '420102');
        UPDATE zhibao.media_product SET file_bytes = 123456789, url = 'https://rsj.example.gov.cn/2' WHERE office_code LIKE '4201%';
        UPDATE zhibao.interpretation i SET policy_item_id = d.item_id, form = CASE WHEN i.office_code LIKE '%2' THEN 'article' ELSE 'qa' END
            FROM zhibao.policy_document d WHERE d.office_code = i.office_code;
        UPDATE zhibao.submission SET submission_kind = 'materials', file_name = '作品.zip', file_bytes = 1000 WHERE office_code LIKE '4201%2';
        UPDATE zhibao.statistics_form f SET lines = (SELECT jsonb_agg(CASE WHEN l ->> 'item_no' = '3' OR l ->> 'sub_field' = 'portal_has_column' THEN
            l - 'is_yes' || '{"state": "not_applicable", "reason": "没有渠道"}' ELSE l END) FROM jsonb_array_elements(f.lines) l) WHERE office_code = '420200'""")


@pytest.fixture(scope="session")
def audit(centre):
    files = files_of(centre, report(centre, "audit", "--out", centre.home / "out"))
    assert sorted(files) == ["csv", "json", "pdf", "xlsx"]
    return files


@pytest.fixture(scope="session")
def document(audit):
    with open(audit["json"], encoding="utf-8") as file:
        return json.load(file)
