# SPDX-License-Identifier: Apache-2.0
"""The command line of the aggregator."""
from pgcluster import AGGREGATOR


def command(centre, *words, check=True):
    return centre.run(AGGREGATOR, *words, "--config", centre.etc / "aggregator.conf", check=check)
