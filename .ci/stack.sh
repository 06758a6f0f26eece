# shellcheck shell=bash disable=SC2154 # `work` is made in steps.sh
# The real stack, and what is asked of it beside the tests. Sourced by .ci/run.

# How the tests get an owner of the server.
export OWNER_LINK_COMMAND='docker compose exec -T backend node node.mjs owner-link'

stack_up() {
  : >"$work/stack"
  docker compose up -d --no-build --wait --wait-timeout 300
  docker compose ps
}

stack_down() { docker compose down --volumes --remove-orphans --rmi local --timeout 15; }

stack_logs() {
  printf '\n== Logs of the services\n'
  docker compose ps --all
  docker compose logs --no-color --timestamps --tail 300
}

# A start has nothing to complain of.
quiet_start() {
  local complaints='connection refused|ECONNREFUSED| (warn|error) |^[^|]*\|\s+at |\b(FATAL|PANIC|ERROR|WARNING):'
  ! docker compose logs --no-color | grep -iE "$complaints"
}

# The database goes away under the backend, which lives on and recovers by itself.
database_restart() {
  local before after id=$RANDOM$RANDOM
  become_a_guest
  post "before the restart $id"
  before=$(docker compose ps -q backend)
  docker compose restart db
  within 60 is_ready
  after=$(docker compose ps -q backend)
  if [ "$before" != "$after" ] || [ "$(docker inspect -f '{{.RestartCount}}' "$after")" != 0 ]; then
    echo 'The backend did not live through it.'
    return 1
  fi
  post "after the restart $id"
  reads "before the restart $id"
  reads "after the restart $id"
}

three_backends() {
  docker compose up -d --no-build --wait --wait-timeout 120 --scale backend=3
  # nginx looks for replicas every second.
  within 60 all_are_asked 3 "scaled-$RANDOM$RANDOM"
  docker compose ps
}

# all_are_asked COUNT PATH: asks once more; whether so many backends have got that request.
all_are_asked() {
  curl -sS -o /dev/null "$BASE_URL/$2"
  [ "$(docker compose logs --no-color backend | grep -F "$2" | cut -d'|' -f1 | sort -u | wc -l)" = "$1" ]
}

become_a_guest() {
  curl -fsS -o /dev/null -c "$work/cookies" -X PATCH -d 'name=ci' "$BASE_URL/me"
}

post() {
  echo "post: $1"
  curl -fsS -o /dev/null -b "$work/cookies" --data-urlencode "body=$1" "$BASE_URL/r/lobby/messages"
}

reads() {
  curl -fsS "$BASE_URL/r/lobby" | grep -F -- "$1"
}

is_ready() { curl -fsS -o /dev/null "$BASE_URL/readyz" 2>/dev/null; }

# within SECONDS COMMAND: runs it until it succeeds.
within() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ $SECONDS -lt $end ] || { echo "Not in time: $*" && return 1; }
    sleep 0.2
  done
}
