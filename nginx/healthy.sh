#!/bin/bash
# healthy PORT PATH: exits 0 when this container answers 200 there. For both images' health checks.
#
# Starting a check costs the engine some 45 ms, a few per cent of a core for three containers asked
# every second; asked seldom, the stack would be slow to start, and Engine 20.10 has no
# start_interval. So it is asked every second until it is healthy, and from then on the check itself
# rests before it asks.
set -u
rested=/tmp/healthy
rest_s=20

answers_200() {
  exec 3<>"/dev/tcp/127.0.0.1/$1" || return
  printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$2" >&3
  read -r -t 3 _ status _ <&3 && [ "$status" = 200 ]
}

[ ! -e "$rested" ] || sleep "$rest_s"
rm -f "$rested"
answers_200 "$@" 2>/dev/null || exit 1
: >"$rested"
