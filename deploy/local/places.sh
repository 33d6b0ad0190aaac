# shellcheck shell=bash
# Where everything of the local exchange stands, and as whom it runs. Sourced; sets variables for its caller.
# shellcheck disable=SC2034 # used by the scripts that source this

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
deploy=$root/deploy/local
exchange=$root/.local
logs=$exchange/log
services=$exchange/service

# Run by root, the servers are system users' and their data where those can reach it, whatever the checkout's own
# directories allow. Run by anybody else, all is theirs and stands in the checkout.
if [ "$(id -u)" -eq 0 ]; then
  data=/var/lib/caf-exchange-$(printf '%s' "$root" | sha256sum | cut -c 1-12)
  broker_user=rabbitmq database_user=postgres service_user=caf-exchange
else
  data=$exchange/data
  broker_user='' database_user='' service_user=''
fi

ca=$exchange/ca
crl=$data/crl
agencies=$exchange/agencies
# Our services, in the order in which they start: each has $data/NAME, and the port that it would like for its health.
our_services="index sharing"
declare -A first_http_port=([index]=8701 [sharing]=8702)
# The path of a Unix socket is at most 107 bytes long; a deep checkout needs a shorter place.
sockets=$data/sockets
if [ "${#sockets}" -gt 90 ]; then
  sockets=/tmp/caf-exchange-$(id -u)-$(printf '%s' "$root" | sha256sum | cut -c 1-12)
fi

# refuse_mixing: what root set up only root may start, and the other way round.
refuse_mixing() {
  local owner
  [ -f "$exchange/owner" ] || return 0
  owner=$(cat "$exchange/owner")
  [ "$owner" = "$(id -un)" ] || fail "This exchange was set up by $owner and you are $(id -un): run this as $owner, \
or let $owner remove it with deploy/down --wipe first."
}

# one_at_a_time: two of deploy/up and deploy/down never work at once. Children must not inherit descriptor 9.
one_at_a_time() {
  exec 9>"$exchange/lock"
  flock --nonblock 9 || fail "Another deploy/up or deploy/down is at work on this exchange: wait for it to end."
}
