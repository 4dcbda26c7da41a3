# SPDX-License-Identifier: Apache-2.0
"""An invented year through real agents, with the centre killed in the middle, against the independent check."""
import json
import signal
import subprocess
import sys
from pathlib import Path

from pgcluster import PACK, wait_for

RECOMPUTE = Path(__file__).with_name("recompute.py")


def recompute(centre, log, *more):
    run = subprocess.run([sys.executable, RECOMPUTE, "--pack", PACK, "--log", log, "--api", centre.api, *more],
                         text=True, capture_output=True, check=False)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr
    return run.stdout


def figures(centre, as_of=""):
    """Everything the province's two answers say, without the instant they were asked for."""
    answers = [centre.get(f"coverage?depth=counties&on=2024-11-30{as_of}"), centre.get(f"completion?scope=all&on=2024-10-31{as_of}")]
    for answer in answers:
        del answer["as_of"]
    return answers


def test_year(centre):
    """Exactly once: the collector is killed twice while 123 offices send, and every figure is right."""
    keys = centre.sim_keys()
    command = centre.sim(keys, "year", seed=7, scale="0.2")
    sim = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    for enough in (3, 20):
        wait_for(lambda e=enough: int(centre.cluster.psql("SELECT count(*) FROM zhibao.batch")) >= e, 60, "batches")
        centre.kill("collector", signal.SIGKILL)
        centre.start_collector()
    out, _ = sim.communicate(timeout=300)
    assert sim.returncode == 0, out
    print(out)
    centre.wait_folded()
    log = centre.home / "year.jsonl"
    sent = len(log.read_text(encoding="utf-8").splitlines())
    stored = int(centre.cluster.psql("SELECT count(*) FROM zhibao.item_revision"))
    assert sent > 3000
    assert stored == sent, "every revision sent is stored once"
    assert centre.cluster.psql("SELECT count(*) FROM zhibao.quarantine") == "0"
    assert centre.cluster.psql("SELECT count(DISTINCT kind) FROM zhibao.item_revision") == "20"
    print(recompute(centre, log, "--on", "2024-06-30", "2024-11-30"))


def test_papers_wait_for_an_approver(centre):
    """Offices name who approved a paper, another than its author; the few that forget are flagged, by their own log, and no other."""
    papers, forms = ({(line["office"], line["item_id"]): line["body"].get("approved_by") for line in map(json.loads, open(centre.home / "year.jsonl", encoding="utf-8"))
                      if line["kind"] == kind} for kind in ("submission", "statistics_form"))
    bare = {key for key, approver in papers.items() if approver is None}
    assert 0 < len(bare) < len(papers) / 8 and set(papers.values()) == {None, "虚构审核人"}
    assert {key[0] for key, approver in forms.items() if approver is None} == {key[0] for key in bare}, "and their forms lack one too"
    flagged = centre.get("reviews?kind=submission&state=flagged&limit=500")["items"]
    assert {(i["office_code"], i["item_id"]): [f["code"] for f in i["findings"]] for i in flagged} == dict.fromkeys(bare, ["F_UNAPPROVED"])


def test_chain_is_unbroken(centre):
    """Every stream is one chain of batches from 1 to acked_seq, with nothing between them."""
    broken = centre.cluster.psql("""
        SELECT count(*) FROM (SELECT b.*, lag(last_seq) OVER w AS before, lag(chain) OVER w AS chain_before
            FROM zhibao.batch b WINDOW w AS (PARTITION BY office_code, stream_id ORDER BY first_seq)) b
        WHERE first_seq <> coalesce(before, 0) + 1 OR (chain_before IS NOT NULL AND prev_chain <> chain_before)""")
    assert broken == "0"
    assert centre.cluster.psql("""SELECT count(*) FROM zhibao.stream s WHERE acked_seq > 0 AND (acked_seq, chain) <>
        (SELECT last_seq, chain FROM zhibao.batch b WHERE b.stream_id = s.stream_id ORDER BY first_seq DESC LIMIT 1)""") == "0"


def test_live_equals_records(centre):
    """The roll-ups and the records give the same figures; so do roll-ups made anew from zero."""
    live = figures(centre)
    as_of = centre.get("offices")["as_of"]
    wait_for(lambda: centre.get("offices")["as_of"] > as_of, 30, "a later fold")
    assert figures(centre, f"&as_of={as_of}") == live
    centre.kill("aggregator")
    centre.cluster.psql("TRUNCATE zhibao.fold_state, zhibao.counted_lecture, zhibao.covering_day, zhibao.session_day")
    centre.start_aggregator()
    centre.wait_folded()
    assert figures(centre) == live


def test_the_past_stays(centre):
    """What was known then is still answered after more has arrived, from another outbox of the same offices."""
    as_of = centre.get("offices")["as_of"]
    then = figures(centre)
    run = subprocess.run(centre.sim(centre.home / "keys", "more", seed=8, scale="0.1", offices="420102,420529,420500"),
                         text=True, capture_output=True, check=False)
    assert run.returncode == 0, run.stderr
    centre.wait_folded()
    wait_for(lambda: figures(centre) != then, 30, "new figures")
    assert figures(centre, f"&as_of={as_of}") == then
    # From the records, each answer reads all of them: the nodes that got more, one that did not, and those above.
    recompute(centre, centre.home / "year.jsonl", "--as-of", as_of, "--on", "2024-11-30",
              "--nodes", "420000", "420100", "420102", "420103", "420500", "420529", "420000U01")
