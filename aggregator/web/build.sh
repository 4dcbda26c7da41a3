#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the operations room into OUTDIR, with a .gz beside every text file. The source folder is
# only read: packages and intermediate files live in OUTDIR.work, which makes the next build
# quick and may be deleted at any time. Needs Node 18 or later and npm.
#   build.sh [--test] OUTDIR      --test also runs the unit tests before building
set -eu

usage() {
	echo "usage: $0 [--test] OUTDIR" >&2
	exit 64
}

with_test=0
if [ "${1:-}" = --test ]; then
	with_test=1
	shift
fi
[ $# -eq 1 ] && [ -n "$1" ] || usage
case $1 in -*) usage ;; esac

source_dir=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
mkdir -p -- "$1"
out_dir=$(CDPATH='' cd -- "$1" && pwd)
[ "$out_dir" != "$source_dir" ] || { echo "$0: OUTDIR must not be the source folder" >&2; exit 64; }
work_dir=$out_dir.work

for tool in node npm gzip; do
	command -v "$tool" >/dev/null || { echo "$0: $tool not found (apt-get install nodejs npm)" >&2; exit 69; }
done
node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 18 ? 0 : 1)' || {
	echo "$0: Node 18 or later is needed, this is $(node --version)" >&2
	exit 69
}

mkdir -p -- "$work_dir"
cd -- "$work_dir"
rm -rf src test public dist index.html
for part in src test public index.html package.json package-lock.json tsconfig.json vite.config.ts; do
	cp -R -- "$source_dir/$part" .
done

# The packages are installed again only when the lock file or the kind of Node has changed.
wanted=$({ cat package-lock.json; node -p 'process.versions.modules + process.platform + process.arch'; } |
	sha256sum | cut -d' ' -f1)
if [ "$(cat packages.stamp 2>/dev/null || :)" != "$wanted" ]; then
	rm -f packages.stamp
	npm ci --ignore-scripts --prefer-offline --no-audit --no-fund --loglevel=error
	echo "$wanted" >packages.stamp
fi

[ $with_test -eq 0 ] || npm test --silent
npm run build --silent

find dist -type f \( -name '*.js' -o -name '*.css' -o -name '*.html' -o -name '*.svg' \) \
	-exec gzip -9nkf {} +

# Names of built files carry their digest, so new ones are put in place before the page that
# refers to them, and files that nothing refers to any more go last.
mkdir -p "$out_dir/assets"
cp dist/assets/* "$out_dir/assets/"
find dist -maxdepth 1 -type f -exec cp {} "$out_dir/" \;
find "$out_dir/assets" -type f | while IFS= read -r old; do
	[ -e "dist/assets/${old##*/}" ] || rm -f -- "$old"
done
