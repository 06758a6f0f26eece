#!/bin/sh
# Run by the image's entrypoint before nginx: writes the configuration that depends on where the
# container runs. Numbers from the environment are filled into templates/ by the hook after this one.
set -eu
to=${NGINX_ENVSUBST_OUTPUT_DIR:-/tmp/nginx}

# Docker's and Podman's own name servers have different addresses; both stand in resolv.conf.
# An answer is believed for a second, so that replicas are followed as they come and go.
# https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver
write_resolver() {
  servers=$(awk '$1 == "nameserver" && $2 !~ /%/ { print ($2 ~ /:/ ? "[" $2 "]" : $2) }' /etc/resolv.conf)
  [ -n "$servers" ] || { echo "natter: /etc/resolv.conf names no name server; the backend cannot be found" >&2; exit 1; }
  # shellcheck disable=SC2086 # one line, however many there are
  echo resolver $servers "valid=1s ipv6=$(has_ipv6_address && echo on || echo off);"
  echo 'resolver_timeout 2s;'
}

has_ipv6_address() {
  [ -r /proc/net/if_inet6 ] && awk '$4 == "00" && $6 != "lo" { found = 1 } END { exit !found }' /proc/net/if_inet6
}

# The queue of connections not yet accepted holds what a restart of 10,000 browsers brings (default: 511).
# https://nginx.org/en/docs/http/ngx_http_core_module.html#listen
write_listen() {
  # `reuseport`: the kernel gives both workers their share; else one takes most of the waits.
  echo 'listen 8080 default_server reuseport backlog=4096;'
  [ ! -e /proc/net/if_inet6 ] || echo 'listen [::]:8080 default_server reuseport backlog=4096;'
}

# 10,000 waits are 20,000 connections, ours to the backend included; a worker must be able to hold
# them all, if the container may open so many files.
# https://nginx.org/en/docs/ngx_core_module.html#worker_connections
write_capacity() {
  files=25000
  # shellcheck disable=SC3045 # the image's shell knows -H
  allowed=$(ulimit -H -n)
  [ "$allowed" = unlimited ] || [ "$allowed" -ge "$files" ] || files=$allowed
  echo "worker_rlimit_nofile $files;"
  echo "events { worker_connections $((files - 200)); multi_accept on; }"
}

# UNLIMITED_ADDRESSES are not counted; TRUSTED_PROXIES tell who the visitor is. Each is a list of
# addresses or networks (10.1.0.0/16), separated by spaces or commas.
# https://nginx.org/en/docs/http/ngx_http_geo_module.html
# https://nginx.org/en/docs/http/ngx_http_realip_module.html
write_visitors() {
  # shellcheck disable=SC2016 # nginx's variable
  echo 'geo $is_unlimited {'
  echo '    default 0;'
  for one in $(words "${UNLIMITED_ADDRESSES:-}"); do echo "    $one 1;"; done
  echo '}'
  for one in $(words "${TRUSTED_PROXIES:-}"); do echo "set_real_ip_from $one;"; done
  echo 'real_ip_header X-Forwarded-For;'
  echo 'real_ip_recursive on;'
}

# A proxy of LOGIN_PROXIES (a list as above) says in the header LOGIN_HEADER who the visitor is. What
# counts is who holds the connection: not even a trusted X-Forwarded-For makes another one of them.
# https://nginx.org/en/docs/http/ngx_http_realip_module.html#var_realip_remote_addr
write_login() {
  [ -n "${LOGIN_HEADER:-}" ] || return 0
  case $LOGIN_HEADER in *[!A-Za-z0-9-]*)
    echo "natter: LOGIN_HEADER is \"$LOGIN_HEADER\"; a header's name has letters, digits and hyphens" >&2
    exit 1 ;;
  esac
  # shellcheck disable=SC2046 # each is a word
  set -- $(words "${LOGIN_PROXIES:-}")
  [ $# -gt 0 ] || {
    echo 'natter: LOGIN_HEADER is believed from your proxy alone; set LOGIN_PROXIES to its address, such as 172.16.0.1' >&2
    exit 1
  }
  # shellcheck disable=SC2016 # nginx's variables, here and below
  echo 'geo $realip_remote_addr $is_login_proxy {'
  echo '    default 0;'
  for one in "$@"; do echo "    $one 1;"; done
  echo '}'
  # shellcheck disable=SC2016
  echo 'map $is_login_proxy $login {'
  echo '    default "";'
  # shellcheck disable=SC2016
  echo "    1 \$http_$(printf '%s' "$LOGIN_HEADER" | tr 'A-Z-' 'a-z_');"
  echo '}'
}

# Set or emptied for every request, so that nobody sends it past nginx.
write_login_header() {
  # shellcheck disable=SC2016
  [ -z "${LOGIN_HEADER:-}" ] || echo "proxy_set_header $LOGIN_HEADER \$login;"
}

words() { printf '%s' "$1" | tr ',' ' '; }

mkdir -p "$to"
write_resolver >"$to/resolver.conf"
write_listen >"$to/listen.conf"
write_capacity >"$to/capacity.conf"
write_visitors >"$to/visitors.conf"
write_login >"$to/login.conf"
write_login_header >"$to/login-header.conf"
