#!/bin/bash
# Installs what the tests need, builds with gcc, clang and the sanitizers, and runs everything with ctest.
#   tests/run.sh            everything
#   tests/run.sh --quick    gcc build and ctest only
set -euo pipefail
cd "$(dirname "$0")/.."
. deploy/packages.sh
# shellcheck disable=SC2086
install_packages $packages_build $packages_web $packages_run $packages_test

jobs=$(nproc)
step() { echo "== $* ($(date +%T))"; }

build() {
	step "build $1"
	cmake --preset "$1" >/dev/null
	cmake --build --preset "$1" -j "$jobs" >"build/$1.log" 2>&1 || { tail -50 "build/$1.log"; exit 1; }
}

mkdir -p build
if [ "${1:-}" != --quick ]; then
	build clang
	build asan-ubsan
	step "unit tests, address and undefined behaviour sanitizers"
	ctest --preset asan-ubsan -L "unit|fuzz" -LE web -j "$jobs" --output-on-failure --no-tests=error
	ctest --preset asan-ubsan -j "$jobs" -R "e2e.bad_input|e2e.correction|e2e.delivery|foreign" --output-on-failure --no-tests=error
fi
build release
step "all tests"
ctest --preset release -j "$jobs" --output-on-failure --no-tests=error
