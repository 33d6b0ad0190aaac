# shellcheck shell=bash
# What a person sees while a script works: one line a step, with its duration, and a clear end.
# Sourced. A script may set LOG to the file that holds what the steps printed.

LOG=${LOG:-}
_step=''
_step_started=0

# step TEXT: closes the step before and begins the next.
step() {
  _close_step
  _step=$1
  _step_started=$SECONDS
  printf '• %s …\n' "$_step"
}

_close_step() {
  [ -n "$_step" ] || return 0
  local took=$((SECONDS - _step_started))
  [ "$took" -lt 2 ] || printf '  done in %s s\n' "$took"
  _step=''
}

steps_done() { _close_step; }

note() { printf '  %s\n' "$*"; }

# fail TEXT: says what is wrong, during which step, and which file knows more.
fail() {
  local during=$_step
  _step=''
  {
    printf '\n✗ %s\n' "$*"
    [ -z "$during" ] || printf '  while: %s\n' "$during"
    [ -z "$LOG" ] || printf '  log:   %s\n' "$LOG"
  } >&2
  trap - EXIT
  exit 1
}

# For `trap unexpected_end EXIT`: a command failed that nobody expected to fail.
unexpected_end() {
  local code=$?
  [ "$code" -eq 0 ] || fail "stopped: a command ended with exit code $code"
}
