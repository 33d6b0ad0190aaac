# shellcheck shell=bash
# runit's supervisor: one directory a service, restarted when it ends, its output kept and rotated. Sourced after
# places.sh and processes.sh.

# shellcheck disable=SC2154 # places.sh sets it
supervised="broker database $our_services keeper"

# define NAME STOP-SIGNAL COMMAND…: writes what the supervisor runs. `down` keeps a service from starting before its
# turn; deploy/up starts them in order.
define() {
  local name=$1 signal=$2 place=$services/$1
  shift 2
  mkdir -p "$place/log" "$place/control" "$logs/$name"
  touch "$place/down"
  printf 's10485760\nn10\n' >"$logs/$name/config"
  executable "$place/run" "exec 2>&1 9>&-" "exec $(printf '%q ' "$@")"
  executable "$place/log/run" "exec svlogd $(printf '%q' "$logs/$name")"
  if [ "$signal" != TERM ]; then
    # shellcheck disable=SC2016 # expanded when the supervisor runs it
    executable "$place/control/t" "kill -$signal "'"$(cat supervise/pid)"'
  fi
}

# Moved into place, since the supervisor may be about to run it.
executable() {
  local file=$1
  shift
  printf '%s\n' '#!/bin/bash' "$@" >"$file.new"
  chmod 0755 "$file.new"
  mv "$file.new" "$file"
}

supervisor_runs() { is_running "$exchange/supervisor.pid" "$services"; }

start_supervisor() {
  supervisor_runs && return 0
  (
    cd /
    setsid env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 runsvdir -P "$services" \
      </dev/null >>"$logs/supervisor.log" 2>&1 9>&- &
    echo "$!" >"$exchange/supervisor.pid"
  )
  local name
  for name in $supervised; do
    [ ! -d "$services/$name" ] || wait_until 15 supervises "$name" ||
      fail "the supervisor did not take up $name; see $logs/supervisor.log"
  done
}

# A supervisor scans for new directories every five seconds.
supervises() { sv status "$services/$1" 2>/dev/null | grep -qE '^(run|down|finish):'; }
service_runs() { sv status "$services/$1" 2>/dev/null | grep -q '^run:'; }

start_service() {
  wait_until 15 supervises "$1" || fail "the supervisor did not take up $1; see $logs/supervisor.log"
  sv up "$services/$1" >/dev/null || fail "$1 could not be started; see $logs/$1/current"
}

service_pid() { cat "$services/$1/supervise/pid" 2>/dev/null; }

stop_service() {
  supervises "$1" || return 0
  sv -w 70 down "$services/$1" >/dev/null || sv -w 10 kill "$services/$1" >/dev/null || true
}

# The supervisor first, so that it starts nothing again; then each service's own.
stop_supervisor() {
  local name
  end_process "$exchange/supervisor.pid" "$services" TERM 10
  for name in $supervised; do
    supervises "$name" || continue
    sv -w 10 exit "$services/$name" >/dev/null || true
    wait_until 15 unsupervised "$name" || true
  done
}

unsupervised() { ! supervises "$1"; }
