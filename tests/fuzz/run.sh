#!/bin/bash
# Runs every libFuzzer target of the preset fuzz for so many seconds and prints what it did.
#   tests/fuzz/run.sh SECONDS [TARGET...]
# The grown corpora are kept in build/fuzz/corpus, findings in build/fuzz/findings.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:?seconds per target}
shift
build=build/fuzz
[ -f $build/build.ninja ] || cmake --preset fuzz >/dev/null
cmake --build --preset fuzz -j "$(nproc)" --target fuzz_targets >$build/fuzz-build.log || { tail -40 $build/fuzz-build.log; exit 1; }
ZHIBAO_FUZZ_TMP=$(mktemp -d "$(test -w /dev/shm && echo /dev/shm || echo /tmp)/zhibao-fuzz-run-XXXXXX")
export ZHIBAO_FUZZ_TMP
trap 'rm -rf "$ZHIBAO_FUZZ_TMP"' EXIT
mkdir -p $build/findings
targets=("$@")
[ ${#targets[@]} -gt 0 ] || for file in tests/fuzz/*_fuzz.c; do
	file=${file##*/}
	targets+=("${file%_fuzz.c}")
done
failed=0
printf '%-10s %12s %10s %8s %8s\n' target executions per_second edges corpus
for name in "${targets[@]}"; do
	corpus=$build/corpus/$name log=$build/findings/$name.log
	mkdir -p "$corpus"
	ZHIBAO_FUZZ_SEEDS=$corpus "$build/tests/fuzz/${name}_fuzz" >/dev/null 2>&1
	# What the control target keeps between inputs looks like a leak to libFuzzer; the sanitizer looks again at the end.
	leaks=1
	[ "$name" != control ] || leaks=0
	# The log of a target goes nowhere; that of libFuzzer and of the sanitizers is kept.
	if ! nice "$build/tests/fuzz/${name}_fuzz" -max_total_time="$seconds" -max_len=8192 -timeout=10 -rss_limit_mb=2048 -detect_leaks=$leaks \
		-print_final_stats=1 -artifact_prefix="$build/findings/$name-" "$corpus" >"$log" 2>&1; then
		echo "$name: FOUND SOMETHING, see $log"
		grep -m 3 -E 'ERROR|must hold|runtime error|Test unit written' "$log" || true
		failed=1
	fi
	executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
	rate=$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log")
	last=$(grep -aE 'cov: [0-9]+' "$log" | tail -1 || true)
	printf '%-10s %12s %10s %8s %8s\n' "$name" "${executions:-?}" "${rate:-?}" \
		"$(sed -n 's/.*cov: \([0-9]*\).*/\1/p' <<<"$last")" "$(sed -n 's/.*corp: \([0-9]*\).*/\1/p' <<<"$last")"
done
exit $failed
