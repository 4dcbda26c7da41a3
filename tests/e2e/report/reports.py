# SPDX-License-Identifier: Apache-2.0
"""Reports by command, and their files as a stranger reads them."""
import subprocess

from pgcluster import AGGREGATOR

AS_OF = "2024-12-31"


def report(centre, name, *words, check=True, as_of=AS_OF):
    return centre.run(AGGREGATOR, "--config", centre.etc / "aggregator.conf", "report", name, "--as-of", as_of, *words, check=check)


def files_of(centre, run):
    return {line.rsplit(".", 1)[1]: line for line in run.stdout.splitlines() if line.startswith(str(centre.home))}


def pdf_text(path, *words):
    return subprocess.run(["pdftotext", *words, path, "-"], text=True, capture_output=True, check=True).stdout


def tables(document):
    return {block["name"]: block for section in document["sections"] for block in section["blocks"] if block["type"] == "table"}


def jobs(centre, where="true"):
    return centre.cluster.psql(f"SELECT count(*) FROM zhibao.report_job WHERE {where}")


def check_all(centre):
    """Every file that was handed out against its digest, in the store and in the folder."""
    return centre.run(AGGREGATOR, "--config", centre.etc / "aggregator.conf", "report", "verify", check=False)
