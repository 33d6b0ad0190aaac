# shellcheck shell=bash
# The configuration files of the private broker. Sourced by `broker`, whose variables it uses.
# shellcheck disable=SC2154 # set by `broker`

write_configuration() {
  replace "$ca_certificate" "$dir/tls/ca.pem"
  replace "$key" "$dir/tls/key.pem" secret
  replace "$certificate" "$dir/tls/certificate.pem"
  replace "$definitions" "$dir/definitions/10-exchange.json"
  echo '[rabbitmq_auth_mechanism_ssl, rabbitmq_management].' >"$dir/enabled_plugins"
  echo '# Empty on purpose: everything is in the environment that `broker run` sets.' >"$dir/rabbitmq-env.conf"
  rabbitmq_conf >"$dir/rabbitmq.conf"
  advanced_config >"$dir/advanced.config"
  chmod 0644 "$dir/enabled_plugins" "$dir/rabbitmq-env.conf" "$dir/rabbitmq.conf" "$dir/advanced.config"
}

# replace SOURCE TARGET [secret]: by rename and only if it differs, since a running broker reads it at any moment.
replace() {
  cmp --silent "$1" "$2" && return 0
  (umask 077 && cp "$1" "$2.new")
  if [ "${3:-}" = secret ]; then
    belongs_to_server "$user" "$2.new"
  else
    chmod 0644 "$2.new"
  fi
  mv -f "$2.new" "$2"
}

rabbitmq_conf() {
  cat <<END
# AMQP over TLS only; a certificate is the one way in.
listeners.tcp = none
listeners.ssl.1 = $listen:$amqps_port
$(second_listener)
auth_mechanisms.1 = EXTERNAL
ssl_cert_login_from = common_name

# The operator's management interface: a password, over TLS.
management.ssl.ip = $listen
management.ssl.port = $management_port
management.ssl.cacertfile = $dir/tls/ca.pem
management.ssl.certfile = $dir/tls/certificate.pem
management.ssl.keyfile = $dir/tls/key.pem
management.ssl.versions.1 = tlsv1.3
management.ssl.versions.2 = tlsv1.2

# Loaded at every start: what the exchange consists of, never an agency (a revoked one would come back).
load_definitions = $dir/definitions

# The kit refuses over 256 KiB; this is the outer wall. A client has no use for more channels.
max_message_size = 1048576
channel_max = 64

# A shorter write-ahead log: less memory, and sooner back after a crash.
raft.wal_max_size_bytes = 134217728
$(memory_limit)

# The supervisor keeps and rotates what is printed.
log.console = true
log.console.level = info
log.console.use_colors = off
log.file = false
END
}

# The broker sees the machine's memory, not a container's.
memory_limit() { [ -z "$memory" ] || echo "vm_memory_high_watermark.absolute = $memory"; }

# Where the machine has IPv6, `localhost` is ::1 too, and not every client tries both.
second_listener() {
  if [ "$listen" = 127.0.0.1 ] && grep -qs '^00000000000000000000000000000001 ' /proc/net/if_inet6; then
    echo "listeners.ssl.2 = ::1:$amqps_port"
  fi
}

# These replace every ssl_options.* of rabbitmq.conf, so all of them stand here. The revocation list is read at each
# handshake; a session that could be resumed would let a revoked certificate in again.
advanced_config() {
  cat <<END
[{rabbit, [{ssl_options, [
  {cacertfile, "$dir/tls/ca.pem"},
  {certfile, "$dir/tls/certificate.pem"},
  {keyfile, "$dir/tls/key.pem"},
  {verify, verify_peer},
  {fail_if_no_peer_cert, true},
  {depth, 1},
  {versions, ['tlsv1.3', 'tlsv1.2']},
  {crl_check, peer},
  {crl_cache, {ssl_crl_hash_dir, {internal, [{dir, "$crl_directory"}]}}},
  {reuse_sessions, false}
]}]}].
END
}

# The management user `operator`: a random password, kept beside the data and readable by the operator alone; the
# broker gets its salted hash. A hash that is there already is kept, since each new one differs, unless the password is
# newer.
write_operator() {
  local file=$dir/definitions/20-operator.json
  if [ ! -s "$dir/operator-password" ]; then
    (umask 077 && openssl rand -hex 24 | tr -d '\n' >"$dir/operator-password")
  fi
  [ ! "$dir/operator-password" -nt "$file" ] || rm -f "$file"
  (umask 077 && "$caf" definitions --operator-password-file "$dir/operator-password" >"$dir/tls/operator.json")
  if same_but_for_the_hash "$file" "$dir/tls/operator.json"; then
    rm "$dir/tls/operator.json"
  else
    belongs_to_server "$user" "$dir/tls/operator.json"
    mv "$dir/tls/operator.json" "$file"
  fi
}

same_but_for_the_hash() {
  [ -f "$1" ] && [ "$(grep -v password_hash "$1")" = "$(grep -v password_hash "$2")" ]
}
