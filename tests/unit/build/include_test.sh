#!/bin/sh
# include_test.sh COMPILER HEADER allowed|forbidden FOLDERS: does HEADER compile with these include folders?
compiler=$1 header=$2 expected=$3 folders=$4
flags=$(printf '%s' "$folders" | tr ';' '\n' | sed -n 's/^..*$/-I&/p')
# shellcheck disable=SC2086
said=$(printf '#include "%s"\n' "$header" | "$compiler" -std=c17 -D_GNU_SOURCE $flags -x c -fsyntax-only - 2>&1)
case $? in
0) found=allowed ;;
*) found=forbidden
	# Only a missing file counts: another fault would hide what is tested.
	echo "$said" | grep -q "$header.*\(No such file\|not found\)" || { echo "$said"; exit 1; } ;;
esac
echo "$header is $found, expected $expected"
[ "$found" = "$expected" ]
