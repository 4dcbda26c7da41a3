#!/bin/bash
# Asks every question and writes docs/measurements and docs/performance.md: about forty minutes. The machine should have nothing
# else to do. What is asked alone is written with --json docs/measurements/NAME.json and tests/bench/report.py.
#   tests/bench/run.sh            one minute of overload, up to 1,000,000 records folded
#   tests/bench/run.sh --long     also ten minutes of overload (65 GB of disk) and 10,000,000 records
set -euo pipefail
cd "$(dirname "$0")/../.."
. deploy/packages.sh
# What zhibao is compared with, and what draws the plots, of the bench alone; rsyslog runs as a process of its own, never as
# the service of the system.
install_packages rsyslog rsyslog-pgsql rsyslog-relp python3-matplotlib
out=docs/measurements
cmake --preset release >/dev/null
cmake --build --preset release >/dev/null
for question in fleet country drain single slowdisk; do
	tests/bench/ingest/$question.py --json $out/$question.json
done
tests/bench/ingest/fleet.py --drop-bytes --json $out/fleet-drop-bytes.json
tests/bench/ingest/overload.py --seconds 60 --rounds 3 --json $out/overload.json
tests/bench/figures/figures.py --json $out/figures.json
if [ "${1:-}" = --long ]; then
	tests/bench/ingest/overload.py --seconds 600 --rounds 1 --json $out/overload-600.json
	tests/bench/figures/figures.py --sizes 10000000 --rounds 1 --json $out/figures-10000000.json
fi
tests/bench/ledger/ledger.py --json $out/ledger.json
tests/bench/peers/peers.py --json $out/peers.json
for agents in 2845 10000; do
	tests/storm/storm.py --agents $agents --rounds 3 --json $out/storm-$agents.json
done
tests/bench/report.py
