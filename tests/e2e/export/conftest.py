# SPDX-License-Identifier: Apache-2.0
"""One small invented year for all tests of what is made of it for others. It is sent today; its receipt is then laid over 2024, so that
every milestone of the pack has passed when the two aggregators start. Files go in the order of their names: the figures are frozen
first, and the one that writes 200,000 lectures straight into the store is the last."""
import subprocess

import pytest

from pgcluster import running_centre

BACKDATE = """
    UPDATE zhibao.programme_version SET loaded_at = '2024-01-01';
    UPDATE zhibao.batch b SET received_at = '2024-01-02'::timestamptz + r.place * interval '360 days'
    FROM (SELECT batch_id, (row_number() OVER (ORDER BY received_at, batch_id) - 1)::float / count(*) OVER () AS place FROM zhibao.batch) r
    WHERE r.batch_id = b.batch_id;
    DO $$ DECLARE k text; BEGIN
        FOR k IN SELECT DISTINCT kind FROM zhibao.item_revision LOOP
            EXECUTE format('UPDATE zhibao.%I r SET received_at = b.received_at FROM zhibao.batch b WHERE b.batch_id = r.batch_id', k);
        END LOOP;
    END $$;
    ANALYZE"""


@pytest.fixture(scope="session")
def centre():
    with running_centre() as centre:
        keys = centre.sim_keys()
        run = subprocess.run(centre.sim(keys, "year", seed=11, scale="0.1"), text=True, capture_output=True, check=False)
        assert run.returncode == 0, run.stderr
        centre.cluster.psql(BACKDATE)
        conf = centre.etc / "aggregator.conf"
        conf.write_text(conf.read_text().replace("fold {", 'freeze { interval = "100 ms" }\nfold {'), encoding="utf-8")
        centre.start_second_aggregator()
        centre.start_aggregator()
        yield centre
