# shellcheck shell=bash
# Which TCP ports are free on this machine. Sourced.
# Reads the kernel's own table, so it needs no tool and disturbs nobody by connecting.

# 0A is a listener. A connection that merely uses the number locally does not hinder a listener (SO_REUSEADDR).
port_is_free() {
  local hex
  printf -v hex '%04X' "$1"
  ! cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
    awk -v port=":$hex" '$4 == "0A" && substr($2, length($2) - 4) == port { found = 1 } END { exit !found }'
}

# next_free_port FIRST [TAKEN…]: the first free port from FIRST on that is not among TAKEN.
next_free_port() {
  local port=$1
  shift
  while [ "$port" -lt 65000 ]; do
    if [[ " $* " != *" $port "* ]] && port_is_free "$port"; then
      echo "$port"
      return 0
    fi
    port=$((port + 1))
  done
  echo "no free TCP port from $1 on" >&2
  return 1
}

# Below the range from which the kernel takes the ports of outgoing connections; random, so that
# two test runs that start together hardly ever pick the same.
random_port() { echo $((20000 + (RANDOM * 32768 + RANDOM) % 12000)); }

# listens PID PORT: whether this process, and not another program, listens there. It must be ours, or we root.
listens() {
  local hex inode
  printf -v hex '%04X' "$2"
  inode=$(awk -v port=":$hex" '$4 == "0A" && substr($2, length($2) - 4) == port { print $10; exit }' /proc/net/tcp)
  [ -n "$inode" ] && [ -n "$(find "/proc/$1/fd" -lname "socket:\\[$inode\\]" -print -quit 2>/dev/null)" ]
}
