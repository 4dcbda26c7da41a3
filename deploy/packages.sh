# Packages of Debian 12, and how to install what is missing. Sourced by quickstart.sh and tests/run.sh.
packages_build="cmake ninja-build gcc libc6-dev pkg-config libzmq3-dev libprotobuf-c-dev protobuf-c-compiler
	protobuf-compiler libpq-dev libsqlite3-dev libmicrohttpd-dev libjansson-dev libcsv-dev libconfuse-dev
	libsystemd-dev libsodium-dev lowdown libpango1.0-dev libcairo2-dev libxlsxwriter-dev libssl-dev"
packages_web="nodejs npm"
packages_run="postgresql-15 postgresql-client-15 sqitch libdbd-pg-perl curl ca-certificates procps util-linux
	fonts-noto-cjk"
packages_test="libcmocka-dev clang libclang-rt-14-dev postgresql-15-pgtap
	openssl man-db groff-base python3-pytest python3-zmq python3-protobuf python3-psycopg2 python3-requests chromium
	poppler-utils python3-openpyxl faketime python3-hypothesis"

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Installs the named packages that are missing. Nothing is asked, nothing is started.
install_packages() {
	local missing=() name
	for name in "$@"; do
		case $name in
		# Any node of 18 or later will do, Debian's or another.
		nodejs | npm) command -v "${name%js}" >/dev/null && continue ;;
		esac
		dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
	done
	[ ${#missing[@]} = 0 ] && return 0
	echo "== 安装软件包: ${missing[*]}"
	# No cluster of the system's is wanted: each one here is private.
	as_root mkdir -p /etc/postgresql-common
	if ! [ -e /etc/postgresql-common/createcluster.conf ]; then
		echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
	fi
	as_root apt-get update -qq </dev/null
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >/dev/null
}
