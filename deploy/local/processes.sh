# shellcheck shell=bash
# Starting and ending the private servers' own processes, and nobody else's. Sourced.

# is_running PIDFILE MARK: the process of that file lives and is ours, that is: MARK stands in its
# arguments or environment. After a reboot the number may be anybody's.
is_running() {
  local pid
  pid=$(cat "$1" 2>/dev/null) && [ -n "$pid" ] || return 1
  grep -qsF -e "$2" "/proc/$pid/cmdline" "/proc/$pid/environ"
}

# end_process PIDFILE MARK SIGNAL SECONDS: asks it to end, waits, and kills it when time is up.
end_process() {
  local pidfile=$1 mark=$2 signal=$3 patience=$4 pid
  if is_running "$pidfile" "$mark"; then
    pid=$(cat "$pidfile")
    kill "-$signal" "$pid" 2>/dev/null || true
    if ! wait_until "$patience" process_gone "$pid"; then
      kill -KILL "$pid" 2>/dev/null || true
      wait_until 10 process_gone "$pid" || true
    fi
  fi
  rm -f "$pidfile"
}

# A zombie is gone too: it only waits for its parent to notice.
process_gone() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
  stat=${stat##*) }
  [ "${stat%% *}" = Z ]
}

# wait_until SECONDS COMMAND…: polls until the command succeeds or the time is up.
wait_until() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.1
  done
}

# become USER COMMAND…: replaces this shell by the command as that user; USER empty means as we are.
become() {
  local user=$1
  shift
  [ -z "$user" ] || set -- setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups --inh-caps=-all "$@"
  exec "$@"
}

# as USER COMMAND…: the same, in a process of its own, from a directory that every user can enter.
as() { (cd / && become "$@"); }

# belongs_to_server USER FILE…: the server may read these files and nobody else but their owner may.
belongs_to_server() {
  local user=$1
  shift
  if [ -n "$user" ]; then
    chgrp "$(id -g "$user")" "$@"
    chmod 0640 "$@"
  else
    chmod 0600 "$@"
  fi
}

# can_reach USER DIR: whether that user can enter the directory.
can_reach() {
  [ -z "$1" ] || as "$1" test -x "$2" -a -r "$2"
}
