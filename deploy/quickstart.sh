#!/bin/bash
# One command from a bare Debian 12 to a running zhibao with an invented year of records.
#   deploy/quickstart.sh                install, build, start, replay a year, print the figures
#   deploy/quickstart.sh --no-demo-data the same without the invented year
#   deploy/quickstart.sh --stop         stop what was started
#   deploy/quickstart.sh --clean        stop and remove everything it made (not the packages, not the build)
# Everything lives in one folder, ZHIBAO_HOME (default /var/lib/zhibao-demo); run it again at any time.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
home=${ZHIBAO_HOME:-/var/lib/zhibao-demo}
port=${ZHIBAO_PORT:-5680}
collector_port=${ZHIBAO_COLLECTOR_PORT:-5670}
seed=${ZHIBAO_SEED:-2024}
scale=${ZHIBAO_SCALE:-1}
bin=$root/build/release
pack=$root/deploy/programmes/hubei-2024
counties="420102 420529 421125"
pg=/usr/lib/postgresql/15/bin
. deploy/packages.sh

step() { echo "== $*"; }
fail() { echo "!! $*" >&2; exit 1; }

# PostgreSQL refuses to run as root; its own account runs it then.
as_pg() {
	if [ "$(id -u)" = 0 ]; then runuser -u postgres -- env -C / "$@"; else env -C / "$@"; fi
}
db="host=$home/pg port=5432 dbname=zhibao"

is_running() { # name: the process of the pid file lives and is ours
	local pid
	pid=$(cat "$home/$1.pid" 2>/dev/null) || return 1
	[ -n "$pid" ] && tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF "$home"
}

stop_all() {
	local name pid
	for name in $(cd "$home" 2>/dev/null && ls -- *.pid 2>/dev/null | sed 's/\.pid$//'); do
		if is_running "$name"; then
			pid=$(cat "$home/$name.pid")
			kill "$pid"
			timeout 20 tail --pid="$pid" -f /dev/null || kill -9 "$pid" || true
			echo "   已停止 $name"
		fi
		rm -f "$home/$name.pid"
	done
	if [ -f "$home/pg/data/postmaster.pid" ]; then
		as_pg "$pg/pg_ctl" -D "$home/pg/data" -m fast -w stop >/dev/null && echo "   已停止 postgresql"
	fi
}

start() { # name command...
	local name=$1
	shift
	is_running "$name" && return 0
	setsid "$@" </dev/null >>"$home/log/$name.log" 2>&1 &
	echo $! >"$home/$name.pid"
}

wait_for() { # what, seconds, command...
	local what=$1 seconds=$2 deadline
	shift 2
	deadline=$((SECONDS + seconds))
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $deadline ] || { tail -5 "$home"/log/*.log >&2; fail "$what 没有就绪"; }
		sleep 0.2
	done
}

build() {
	step "编译"
	cmake --preset release -DZHIBAO_TESTS=ON >/dev/null
	cmake --build --preset release -j "$(nproc)" \
		--target zhibao-agent zhibao-collector zhibao-aggregator zhibao-sim >build/release.log 2>&1 ||
		{ tail -40 build/release.log; fail "编译失败"; }
	step "网页"
	bash aggregator/web/build.sh "$root/build/web" >build/web.log 2>&1 || { tail -40 build/web.log; fail "网页构建失败"; }
}

database() {
	step "数据库（私有 PostgreSQL，$home/pg）"
	if ! [ -f "$home/pg/data/PG_VERSION" ]; then
		as_pg "$pg/initdb" -D "$home/pg/data" -E UTF8 --locale=C.UTF-8 --lc-collate=C -A trust -U postgres >/dev/null
		as_pg tee -a "$home/pg/data/postgresql.conf" >/dev/null <<-END
			listen_addresses = ''
			unix_socket_directories = '$home/pg'
			unix_socket_permissions = 0770
		END
	fi
	as_pg "$pg/pg_ctl" -D "$home/pg/data" status >/dev/null ||
		as_pg "$pg/pg_ctl" -D "$home/pg/data" -l "$home/pg/server.log" -w start >/dev/null
	psql -qX "host=$home/pg user=postgres dbname=postgres" -v ON_ERROR_STOP=1 <<-'END' >/dev/null
		SELECT 'CREATE DATABASE zhibao' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'zhibao') \gexec
	END
	(cd deploy/sql && sqitch deploy "db:pg://postgres@/zhibao?host=$home/pg") >"$home/log/sqitch.log" 2>&1 ||
		{ tail -20 "$home/log/sqitch.log"; fail "数据库结构升级失败"; }
	psql -qX "host=$home/pg user=postgres dbname=zhibao" -v ON_ERROR_STOP=1 <<-'END' >/dev/null
		SELECT format('CREATE ROLE %I LOGIN IN ROLE %I', r, 'zhibao_' || r) FROM unnest(ARRAY['collector', 'aggregator']) r
		WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r) \gexec
	END
}

configure() {
	step "配置与密钥（$home/etc）"
	[ -f "$home/etc/collector.key" ] || "$bin/collector/zhibao-collector" keygen "$home/etc" >/dev/null
	cat >"$home/etc/collector.conf" <<-END
		database { conninfo = "$db user=collector" }
		collector {
			endpoint = "tcp://127.0.0.1:$collector_port"
			key = "$home/etc/collector.key"
			sign_key = "$home/etc/collector.sign"
		}
	END
	cat >"$home/etc/aggregator.conf" <<-END
		database { conninfo = "$db user=aggregator" }
		web {
			port = "$port"
			static_dir = "$root/build/web"
		}
	END
	for code in $counties; do
		mkdir -p "$home/agent-$code"
		[ -f "$home/agent-$code/agent.key" ] || "$bin/agent/zhibao-agent" keygen "$home/agent-$code" >/dev/null
		cat >"$home/agent-$code/agent.conf" <<-END
			agent {
				office_code = "$code"
				author = "经办人"
				state_dir = "$home/agent-$code"
				socket = "$home/agent-$code/agent.sock"
				programme_dir = "$pack"
				key = "$home/agent-$code/agent.key"
			}
			collector {
				endpoints = "tcp://127.0.0.1:$collector_port"
				public_key = "$home/etc/collector.pub"
			}
		END
	done
}

# The commands that the page shows, as they are copied: with this centre's configuration.
centre_commands() {
	mkdir -p "$home/bin"
	printf '#!/bin/sh\nexec "%s" --config "%s" "$@"\n' "$bin/aggregator/zhibao-aggregator" "$home/etc/aggregator.conf" >"$home/bin/zhibao-aggregator"
	chmod 755 "$home/bin/zhibao-aggregator"
}

collector() { "$bin/collector/zhibao-collector" --config "$home/etc/collector.conf" "$@"; }

enrol_once() { # office, public key file
	grep -qsxF "$2" "$home/enrolled" && return 0
	collector enrol --office "$1" --public-key "$2" --label quickstart >/dev/null
	echo "$2" >>"$home/enrolled"
}

run_daemons() {
	step "装载活动包并登记代理"
	collector programme load "$pack"
	local code
	for code in $counties; do enrol_once "$code" "$home/agent-$code/agent.pub"; done
	step "启动中心与三个县级代理"
	start collector "$bin/collector/zhibao-collector" --config "$home/etc/collector.conf" run
	start aggregator "$bin/aggregator/zhibao-aggregator" --config "$home/etc/aggregator.conf" run
	for code in $counties; do
		start "agent-$code" "$bin/agent/zhibao-agent" --config "$home/agent-$code/agent.conf" run
	done
	wait_for 汇总服务 60 curl -fsS "http://127.0.0.1:$port/readyz"
	for code in $counties; do
		wait_for "代理 $code" 30 "$bin/agent/zhibao-agent" --config "$home/agent-$code/agent.conf" status
	done
}

replay() {
	[ -f "$home/replayed" ] && { step "虚构的一年已经在库里"; return 0; }
	step "回放虚构的一年（种子 $seed），经真实的代理和加密链路"
	local sim=$home/sim code
	rm -rf "$sim"
	mkdir -p "$sim/keys" "$sim/state"
	"$bin/tests/sim/zhibao-sim" keys --pack "$pack" --keys "$sim/keys" >"$sim/codes"
	while read -r code; do enrol_once "$code" "$sim/keys/$code.pub"; done <"$sim/codes"
	"$bin/tests/sim/zhibao-sim" run --pack "$pack" --seed "$seed" --scale "$scale" \
		--endpoint "tcp://127.0.0.1:$collector_port" --server-key "$home/etc/collector.pub" \
		--keys "$sim/keys" --state "$sim/state" --log "$sim/sent.jsonl"
	"$home/bin/zhibao-aggregator" account set --login demo --name 【虚构】省厅操作员 --office 420000 --roles provincial_operator
	touch "$home/replayed"
}

# Prints numerator/denominator percent of the first rate of that name in an answer, the node's own.
figure() { # path, member
	curl -fsS "http://127.0.0.1:$port/api/v1/$1" | grep -oE "\"$2\" : \[?\{[^}]*\}" | head -1 |
		sed -E 's/.*"numerator" : ([0-9]+), "denominator" : ([0-9]+), "percent" : "?([0-9.]+|null)"?.*/\1\/\2 = \3 %/'
}

folded_all() {
	[ "$(curl -fsS "http://127.0.0.1:$port/api/v1/agents" | wc -c)" -gt 20 ] &&
		psql -qXAt "$db user=aggregator" -c "SELECT (SELECT max(received_at) FROM zhibao.batch) <= (SELECT as_of FROM zhibao.fold_state)" | grep -q t
}

report() {
	wait_for 汇总 60 folded_all
	cat <<-END

		运行室网页      http://127.0.0.1:$port/
		乡镇覆盖率      $(figure 'coverage?on=2024-11-30' figures)   （任一类宣讲，乡镇+街道，截至 2024-11-30）
		计划完成率      $(figure 'completion?on=2024-10-31' completion)   （市州及县，截至 2024-10-31）

		接下来可以：
		  记一场宣讲    $bin/agent/zhibao-agent --config $home/agent-420102/agent.conf record lecture_event --help
		  看是否送达    $bin/agent/zhibao-agent --config $home/agent-420102/agent.conf status
		  审核一份材料  PATH=$home/bin:\$PATH，再运行网页“审核”里复制的命令$([ ! -f "$home/replayed" ] || echo '，登录名 demo（【虚构】省厅操作员）')
		  停止 / 清除   deploy/quickstart.sh --stop / --clean
	END
}

main() {
	local with_demo=yes
	case "${1:-}" in
	--stop) stop_all; exit 0 ;;
	--clean) stop_all; as_root rm -rf "$home"; exit 0 ;;
	--no-demo-data) with_demo=no ;;
	'') ;;
	*) sed -n '2,8s/^# \?//p' "$0"; exit 64 ;;
	esac
	# shellcheck disable=SC2086
	install_packages $packages_build $packages_web $packages_run libcmocka-dev
	mkdir -p build
	build
	as_root mkdir -p "$home"
	[ "$(id -u)" = 0 ] || sudo chown "$(id -u)" "$home"
	mkdir -p "$home/log" "$home/etc" "$home/pg"
	chmod 755 "$home"
	[ "$(id -u)" = 0 ] && chown postgres "$home/pg"
	chmod 700 "$home/etc"
	database
	configure
	centre_commands
	run_daemons
	[ "$with_demo" = no ] || replay
	report
}
main "$@"
