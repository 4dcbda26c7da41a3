# SPDX-License-Identifier: Apache-2.0
"""An inspection draw from the commitment to the result, over all offices."""
import json

from commands import command
from drawreplay import replay
from pgcluster import AGGREGATOR, wait_for


def test_draw(centre):
    """Commit, draw, verify three ways, record it at the province's agent, and see the result beside the draw."""
    command(centre, "account", "set", "--login", "boss", "--name", "处长", "--office", "420000", "--roles", "provincial_operator")
    command(centre, "account", "set", "--login", "city", "--name", "科长", "--office", "420500", "--roles", "city_operator")
    out = command(centre, "draw", "commit", "--login", "boss", "--scheme", "filing_spot_check", "--occasion", "随机抽查").stdout
    draw_id = dict(line.split("\t")[:2] for line in out.splitlines() if "\t" in line)["抽查编号"]
    public = centre.get(f"draws/{draw_id}")
    assert public["seed"] is None and public["sample"] is None and public["population_count"] == len(public["population"]) > 90
    assert public["commitment"] in out and public["population_digest"] in out
    run = ("draw", "run", "--login", "boss", "--id", draw_id, "--size", "12", "--per-city", "2")
    for words, code in ((("draw", "run", "--login", "city", *run[4:]), "E_ROLE"), ((*run[:4], "--id", "999", *run[6:]), "E_DRAW_UNKNOWN"),
                        ((*run[:6], "--size", "150"), "E_DRAW_SIZE"), (("draw", "commit", "--login", "nobody", "--scheme", "x"), "E_ACCOUNT_UNKNOWN")):
        refused = command(centre, *words, check=False)
        assert refused.returncode == 65 and refused.stderr.startswith(code), refused.stderr
    file = centre.home / "draw.json"
    out = command(centre, *run, "--out", file).stdout
    assert command(centre, *run, check=False).stderr.startswith("E_DRAW_DONE")
    draw = json.loads(file.read_text(encoding="utf-8"))
    assert (draw["commitment"], draw["population"]) == (public["commitment"], public["population"])
    sample = [s["code"] for s in draw["sample"]]
    assert replay(draw) == sample and len(set(sample)) == 12
    strata = [m["stratum"] for m in draw["population"] if m["code"] in sample]
    assert len(set(strata)) == 6 and all(strata.count(s) >= 2 for s in strata)
    assert "验证通过" in centre.run(AGGREGATOR, "draw", "verify", file).stdout
    outside = next(m["code"] for m in draw["population"] if m["code"] not in sample)
    for name, value, code in (("seed", "00" * 32, "E_DRAW_COMMITMENT"), ("sample", [{"code": outside}] + draw["sample"][1:], "E_DRAW_SAMPLE"),
                              ("population", draw["population"][:-1], "E_DRAW_DIGEST"), ("format", "other", "E_DRAW_FORMAT")):
        forged = centre.home / "forged.json"
        forged.write_text(json.dumps(dict(draw, **{name: value})), encoding="utf-8")
        refused = centre.run(AGGREGATOR, "draw", "verify", forged, check=False)
        assert refused.returncode == 65 and refused.stderr.startswith(code), name
    agent = centre.agent("420000")
    words = next(line for line in out.splitlines() if line.startswith("zhibao-agent record"))
    recorded = agent.command(*[w.strip("'") for w in words.split()[1:]], "--wait", "30")
    assert recorded.returncode == 0, recorded.stderr
    recorded = agent.command("record", "inspection", "--scheme", "filing_spot_check", "--seed", draw["seed"], "--inspected_office_code", sample[0],
                             "--checked_on", "2024-12-01", "--result", "passed", "--wait", "30")
    assert recorded.returncode == 0, recorded.stderr
    centre.wait_folded()
    results = wait_for(lambda: [r for d in centre.get("draws")["draws"] for r in d["results"] if r["result"]], 30, "the result")
    assert [(r["inspected_office_code"], r["result"]) for r in results] == [(sample[0], "passed")]
    agent.kill()
