#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs a command with a private, throw-away PostgreSQL cluster: tests/pg.sh meson test -C build
# The command finds it in BILLHOOK_TEST_PG (a superuser, so that tests may create databases). The
# cluster is stopped and removed when the command ends or this script is told to stop. It does not
# wait for the disk, unless BILLHOOK_PG_FSYNC=on says that time is measured.
set -eu

[ $# -gt 0 ] || { echo "usage: tests/pg.sh COMMAND..." >&2; exit 2; }
bin=${BILLHOOK_PG_BIN:-/usr/lib/postgresql/15/bin}
[ -x "$bin/initdb" ] || { echo "tests/pg.sh: no PostgreSQL programs in $bin" >&2; exit 2; }

# PostgreSQL refuses to run as root.
as_owner() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid postgres --regid postgres --init-groups "$@"
	else
		"$@"
	fi
}

fsync=${BILLHOOK_PG_FSYNC:-off}
home=$(mktemp -d /tmp/billhook-pg.XXXXXX)
command_pid=
stop() {
	trap - EXIT
	trap '' INT TERM HUP
	if [ -n "$command_pid" ]; then
		kill "$command_pid" 2>/dev/null || :
		wait "$command_pid" 2>/dev/null || :
	fi
	(cd / && as_owner "$bin/pg_ctl" -D "$home/data" -m immediate -w stop >/dev/null 2>&1) || :
	rm -rf "$home"
}
trap stop EXIT
trap 'stop; exit 130' INT
trap 'stop; exit 143' TERM HUP

[ "$(id -u)" != 0 ] || chown postgres: "$home"
(cd / && as_owner "$bin/initdb" -D "$home/data" -U postgres --auth=trust --locale=C \
	--encoding=UTF8 --no-sync >"$home/initdb.log" 2>&1) || { cat "$home/initdb.log" >&2; exit 1; }

# Another program may take the port between the choice and the start: then choose again.
try=0
while :; do
	port=$(python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])')
	if (cd / && as_owner "$bin/pg_ctl" -D "$home/data" -l "$home/server.log" -w -t 60 -o "-p $port \
		-c listen_addresses=127.0.0.1 -c unix_socket_directories=$home -c fsync=$fsync \
		-c max_connections=200 -c full_page_writes=$fsync" start >/dev/null 2>&1); then
		break
	fi
	try=$((try + 1))
	[ $try -lt 5 ] || { cat "$home/server.log" >&2; exit 1; }
done

# In the background, so that a signal is handled at once and not after the command.
BILLHOOK_TEST_PG="postgresql://postgres@127.0.0.1:$port/postgres" "$@" <&0 &
command_pid=$!
code=0
wait "$command_pid" || code=$?
command_pid=
exit "$code"
