# SPDX-License-Identifier: Apache-2.0
"""A centre over an invented year that was received in the year of the programme."""
import subprocess

from pgcluster import Centre, Cluster, backdate


def simulate(centre, keys, name, **options):
    run = subprocess.run(centre.sim(keys, name, **options), text=True, capture_output=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    centre.wait_folded()


def past_year(offices="all", scale="0.3", **settings):
    """The collector runs, the aggregator does not."""
    cluster = Cluster()
    cluster.create()
    centre = Centre(cluster, **settings)
    centre.start_collector()
    centre.start_aggregator()
    simulate(centre, centre.sim_keys(offices), "year", seed=11, scale=scale, offices=offices)
    centre.kill("aggregator")
    backdate(cluster)
    return centre


def load_in_2024(centre):
    """As if the programme had been loaded before its year: what the calendar asks for is then past."""
    centre.cluster.psql("UPDATE zhibao.programme_version SET loaded_at = '2024-01-02+08'")


def hand_out_reports(centre):
    """Reports are put in a folder as soon as they are made, those of the due days only."""
    with open(centre.etc / "aggregator.conf", "a", encoding="utf-8") as conf:
        conf.write(f'report {{ dir = "{centre.home}/reports"\n interval = "100 ms"\n weekly = ""\n monthly = "" }}\n')
    (centre.home / "reports").mkdir()
