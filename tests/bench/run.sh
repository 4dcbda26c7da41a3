#!/bin/bash
# Measures everything and writes docs/performance.md: about twenty minutes. The machine should have nothing else to do.
#   tests/bench/run.sh            five rounds, one minute of overload, up to 1,000,000 records folded
#   tests/bench/run.sh --long     ten minutes of overload, up to 10,000,000 records
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=60 sizes=100000,1000000
if [ "${1:-}" = --long ]; then
	seconds=600 sizes=100000,1000000,10000000
fi
. deploy/packages.sh
# What zhibao is compared with, and what draws the plots, of the bench alone; rsyslog runs as a process of its own, never as
# the service of the system.
install_packages rsyslog rsyslog-pgsql rsyslog-relp python3-matplotlib
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
cmake --preset release >/dev/null
cmake --build --preset release >/dev/null
for question in fleet drain single slowdisk; do
	tests/bench/ingest/$question.py --json "$out/$question.json"
done
tests/bench/ingest/fleet.py --drop-bytes --json "$out/fleet-drop-bytes.json"
tests/bench/ingest/overload.py --seconds "$seconds" --json "$out/overload.json"
tests/bench/figures/figures.py --sizes "$sizes" --json "$out/figures.json"
tests/bench/ledger/ledger.py --json "$out/ledger.json"
tests/bench/peers/peers.py --json "$out/peers.json"
tests/bench/report.py "$out"
