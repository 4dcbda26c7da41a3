# SPDX-License-Identifier: Apache-2.0
"""The schema: migrations both ways, comments, least privilege, agreement with the catalogue, every statement."""
import json
import re
import subprocess

import pytest

from pgcluster import BUILD, ROOT, Cluster

HEAD = ["office_code", "item_id", "revision_id", "base_revision_id", "operation", "recorded_at", "author",
        "author_office_code", "received_at", "batch_id", "seq", "programme_version", "correction_reason"]
# In the order of enum field_type.
TYPES = ["text", "text", "text", "text", "integer", "bigint", "boolean", "date", "timestamp with time zone", "text", "uuid",
         "bytea", "ARRAY:_text", "ARRAY:_text", "ARRAY:_uuid", "ARRAY:_text", "jsonb"]


@pytest.fixture(scope="module")
def cluster():
    cluster = Cluster()
    cluster.create()
    yield cluster
    cluster.remove()


def rows(cluster, query, **options):
    return [line.split("|") for line in cluster.psql(query, **options).splitlines()]


def test_there_and_back(cluster):
    cluster.psql("CREATE DATABASE trip", database="postgres")
    cluster.sqitch("deploy", "--verify", database="trip")
    cluster.sqitch("verify", database="trip")
    cluster.sqitch("revert", "-y", database="trip")
    assert cluster.psql("SELECT count(*) FROM pg_namespace WHERE nspname = 'zhibao'", database="trip") == "0"
    cluster.sqitch("deploy", "--verify", database="trip")


def test_everything_is_commented(cluster):
    bare = rows(cluster, """
        SELECT c.relname, a.attname, coalesce(col_description(c.oid, a.attnum), '') FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'zhibao'
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relkind = 'r' UNION ALL
        SELECT c.relname, '', coalesce(obj_description(c.oid), '') FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'zhibao' WHERE c.relkind IN ('r', 'v')""")
    assert len(bare) > 500
    faults = [r for r in bare if not re.search("[a-z]{3}", r[2])]
    assert faults == []
    # The Chinese term stands beside the English one on every column that users see.
    assert [r for r in bare if r[1] and not re.search("[\u4e00-\u9fff]", r[2])
            and r[1] not in ("is_only", "next_xid", "xid", "batches_folded", "operation", "name")] == []


def words_of(path, begin, pair):
    """Codes and their words in the table of a source file that begins with a line."""
    text = (ROOT / path).read_text(encoding="utf-8")
    return dict(re.findall(pair, re.search(re.escape(begin) + r"[^;]*;", text)[0]))


def test_words_agree(cluster):
    """Statements, page, commands and agent call a verdict and a change by one word."""
    verdicts = dict(rows(cluster, "SELECT v, zhibao.verdict_zh(v) FROM unnest('{pending,accepted,returned,rejected}'::text[]) v"))
    assert words_of("aggregator/web/src/lib/labels.ts", "const VERDICT_ZH", r"(\w+): '([^']+)'") == verdicts
    agent = words_of("agent/commandsfiles.c", "words[] = {", r'\{"(\w+)", "([^"]+)"\}')
    assert {code: agent.get(code) for code in verdicts} == verdicts
    support = words_of("aggregator/web/src/lib/labels.ts", "const SUPPORT_ZH", r"(\w+): '([^']+)'")
    assert len(support) == 8 and support == dict(rows(cluster, f"SELECT v, zhibao.support_zh(v) FROM unnest('{{{','.join(support)}}}'::text[]) v"))
    assert rows(cluster, "SELECT scheme FROM zhibao.draw_scheme ORDER BY 1") == rows(
        cluster, "SELECT value FROM zhibao.value_label WHERE kind = 'inspection' AND field = 'scheme' ORDER BY 1"), "every scheme may be drawn for"
    for kind in ("submission", "statistics_form"):
        periods = rows(cluster, f"SELECT value, label_zh FROM zhibao.value_label WHERE kind = '{kind}' AND field = 'period'")
        assert words_of("aggregator/web/src/lib/labels.ts", "const PERIOD_ZH", r"(\w+): '([^']+)'") == dict(periods)
    page = words_of("aggregator/web/src/lib/figures.ts", "const CHANGE_ZH", r"(\w+): '([^']+)'")
    command = words_of("aggregator/commandsfreezes.c", "changes[] = {", r'\{"(\w+)", "([^"]+)"\}')
    assert {code: word for code, word in command.items() if not code.startswith("twin_")} == page
    for path in [*(ROOT / "aggregator").rglob("*.sql"), *(ROOT / "deploy/sql/deploy").glob("*.sql")]:
        own = re.findall(r"'(?:accepted|rejected)' THEN '([^']+)'", path.read_text(encoding="utf-8"))
        assert set(own) <= {*verdicts.values(), "已备案"}, path


def test_catalogue_agrees(cluster):
    kinds = json.loads(subprocess.run([BUILD / "tests/integration/catalog_dump"], capture_output=True, check=True).stdout)
    assert len(kinds) == 20
    assert rows(cluster, "SELECT kind, label_zh FROM zhibao.kind_label ORDER BY place") == [[kind["name"], kind["label"]] for kind in kinds]
    for kind in kinds:
        columns = rows(cluster, f"""SELECT column_name, CASE data_type WHEN 'ARRAY' THEN 'ARRAY:' || udt_name ELSE data_type END,
            coalesce(col_description('zhibao.{kind["name"]}'::regclass, ordinal_position), '')
            FROM information_schema.columns WHERE table_schema = 'zhibao' AND table_name = '{kind["name"]}' ORDER BY ordinal_position""")
        checks = cluster.psql(f"SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'zhibao.{kind['name']}'::regclass")
        assert [c[0] for c in columns] == HEAD + [f["name"] for f in kind["fields"]]
        for field, column in zip(kind["fields"], columns[len(HEAD):]):
            where = f"{kind['name']}.{field['name']}"
            assert column[1] == TYPES[field["type"]], where
            assert (column[1] == "bytea") == column[0].endswith("_digest"), f"{where}: history and findings know a file by its column"
            assert field["label"] in column[2], where
            for value in field["values"]:
                assert f"'{value}'" in checks, where
            if field["type"] in (4, 5):
                assert re.search(rf"{field['name']} >= {field['min']}\)? AND \(?{field['name']} <= '?{field['max']}", checks), where
        for field in kind["fields"]:
            labels = rows(cluster, f"SELECT value, label_zh FROM zhibao.value_label WHERE kind = '{kind['name']}' AND field = '{field['name']}'")
            assert dict(labels) == dict(zip(field["values"], field["value_labels"])), field["name"]
        required = [f["name"] for f in kind["fields"] if f["required"]]
        assert f"num_nulls({', '.join(required)}) = 0" in checks, kind["name"]


def test_blanks_agree(cluster):
    """What is refused at the desk and what does not count at the centre are one list: every character there is, one by one."""
    told = subprocess.run([BUILD / "tests/integration/catalog_dump", "blanks"], capture_output=True, check=True, text=True).stdout.split()
    counted = cluster.psql("SELECT c FROM generate_series(1, 1114111) c WHERE c NOT BETWEEN 55296 AND 57343 AND zhibao.text_is_blank(chr(c))").split()
    assert told == counted and {"9", "10", "32", "160", "8203", "12288", "65279"} <= set(told)
    assert cluster.psql("SELECT zhibao.text_is_blank(NULL), zhibao.text_is_blank(''), zhibao.text_is_blank(' \u3000'), zhibao.text_is_blank('\u3000字 ')") == "t|t|t|f"


@pytest.mark.parametrize("folder,user", [("collector/sql", "collector"), ("aggregator/sql", "aggregator"),
                                         ("aggregator/report/sql", "aggregator")])
def test_every_statement_prepares(cluster, folder, user):
    files = sorted((ROOT / folder).glob("*.sql"))
    assert len(files) > 8
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert text.startswith("-- "), file.name
        uses = {int(n) for n in re.findall(r"\$(\d+)", re.sub("--[^\n]*", "", text))}
        described = {int(n) for n in re.findall(r"\$(\d+)", "".join(re.findall("--[^\n]*", text)))}
        assert uses <= described, f"{file.name}: parameters without a description"
        cluster.psql(f"PREPARE x AS {text}", user=user)


@pytest.mark.parametrize("user,statement", [
    ("aggregator", "INSERT INTO zhibao.batch SELECT * FROM zhibao.batch"),
    ("aggregator", "DELETE FROM zhibao.lecture_event"),
    ("aggregator", "UPDATE zhibao.stream SET acked_seq = 0"),
    ("aggregator", "DELETE FROM zhibao.office"),
    ("collector", "DELETE FROM zhibao.batch"),
    ("collector", "UPDATE zhibao.lecture_event SET theme = ''"),
    ("collector", "DELETE FROM zhibao.quarantine"),
    ("collector", "DELETE FROM zhibao.counted_lecture"),
    ("collector", "UPDATE zhibao.fold_state SET as_of = now()"),
    ("collector", "DROP TABLE zhibao.claim"),
    ("collector", "SELECT zhibao.account_set('x', 'x', '420000', '{provincial_operator}', true)"),
    ("collector", "UPDATE zhibao.account SET roles = '{provincial_operator}'"),
    ("collector", f"SELECT zhibao.review_post({', '.join(['NULL'] * 8)})"),
    ("collector", "SELECT zhibao.branch_pick_post(NULL, NULL, NULL, NULL, NULL)"),
    ("collector", "SELECT zhibao.extension_grant(NULL, NULL, NULL, NULL, NULL)"),
    ("collector", "SELECT zhibao.draw_commit(NULL, NULL, NULL)"),
    ("collector", "SELECT zhibao.figure_freeze(NULL, NULL, NULL)"),
    ("collector", "SELECT zhibao.report_disclose(NULL, NULL, NULL, NULL)"),
    ("collector", "SELECT * FROM zhibao.report_artifact"),
    ("aggregator", "INSERT INTO zhibao.report_disclosure DEFAULT VALUES"),
    ("aggregator", "DELETE FROM zhibao.report_disclosure"),
    ("aggregator", "SELECT zhibao.obligations_generate(NULL)"),
    ("nobody", "SELECT * FROM zhibao.office"),
])
def test_least_privilege(cluster, user, statement):
    cluster.psql("DO $$ BEGIN CREATE ROLE nobody LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
    with pytest.raises(RuntimeError, match="permission denied|must be owner"):
        cluster.psql(statement, user=user)


def test_who_may_act_as_the_owner(cluster):
    """Functions with the rights of the owner can write what their caller may not: each is named to who needs it, and to nobody else."""
    found = rows(cluster, """SELECT r.role, p.proname FROM pg_proc p CROSS JOIN unnest('{collector,aggregator,admin}'::text[]) AS r (role)
        WHERE p.pronamespace = 'zhibao'::regnamespace AND p.prosecdef AND has_function_privilege('zhibao_' || r.role, p.oid, 'EXECUTE')""")
    statistics = {"analyze_registers", "analyze_rollups"}
    assert {name for role, name in found if role == "collector"} == statistics | {"downlink_post", "form_proposal"}
    assert {name for role, name in found if role == "admin"} == statistics
    assert {name for role, name in found if role == "aggregator"} > {"account_set", "review_post"}
