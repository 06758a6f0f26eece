# shellcheck shell=bash disable=SC2154 # `base_images` is named in run
# Steps, their names and how they ended. Sourced by .ci/run.

work=$(mktemp -d)
failed=()
times=()
begun=

# step NAME COMMAND: runs it with `set -e` in force; a failure is remembered, and the run goes on.
step() {
  local name=$1 status started=$SECONDS
  shift
  printf '\n== %s\n' "$name"
  set +e
  (
    set -e
    "$@"
  )
  status=$?
  set -e
  times+=("$(printf '%5d s  %s' $((SECONDS - started)) "$name")")
  printf -- '-- %s: %s after %d s\n' "$name" "$([ $status = 0 ] && echo ok || echo failed)" $((SECONDS - started))
  [ $status = 0 ] || failed+=("$name")
}

# must NAME COMMAND: a step without which the others make no sense.
must() {
  local before=${#failed[@]}
  step "$@"
  [ ${#failed[@]} = "$before" ] || exit 1
}

# begin NAME COMMAND: runs it beside the steps that follow, which come first where processors are short.
begin() {
  printf '\n== %s, beside what follows\n' "$1"
  mkfifo "$work/begun"
  (
    renice -n 19 $BASHPID >/dev/null
    set +e
    (
      set -e
      "${@:2}"
    ) >"$work/begun.log" 2>&1
    echo $? >"$work/begun"
  ) &
  begun=$!
}

# finished: waits for what was begun, shows what it printed, and ends as it did.
finished() {
  local status
  read -r status <"$work/begun"
  cat "$work/begun.log"
  return "$status"
}

# tests TIME COMMAND: runs tests for so long, and keeps their closing line ("N passed, N failed").
tests() {
  local time=$1 output status=0
  shift
  output=$(mktemp "$work/tests.XXXX")
  timeout --kill-after=30s "$time" "$@" 2>&1 | tee "$output" || status=$?
  grep -E '^[0-9]+ passed, [0-9]+ failed$' "$output" | tail -1 >>"$work/closing-lines"
  [ $status != 124 ] || echo "Not done after $time."
  return $status
}

# At the end, however it came: takes down, and says how it went in the last lines.
finish() {
  local status=$?
  trap - EXIT
  set +e
  [ -z "$begun" ] || kill "$begun" 2>/dev/null
  if [ -e "$work/stack" ]; then
    if [ ${#failed[@]} != 0 ] || [ $status != 0 ]; then stack_logs; fi
    stack_down || failed+=('taking down')
  fi
  [ ! -e "$work/engine" ] || "$base_images/engine" down
  [ $status = 0 ] || [ ${#failed[@]} != 0 ] || failed+=("interrupted ($status)")
  close_run
  status=$?
  rm -rf "$work"
  exit $status
}

close_run() {
  local passed refused
  passed=$(awk '{ n += $1 } END { print n + 0 }' "$work/closing-lines" 2>/dev/null || echo 0)
  refused=$(awk '{ n += $3 } END { print n + 0 }' "$work/closing-lines" 2>/dev/null || echo 0)
  printf '\n== Times\n'
  printf '%s\n' "${times[@]}" "$(printf '%5d s  in all' $SECONDS)"
  echo
  if [ ${#failed[@]} != 0 ]; then
    echo "Tests: $passed passed, $refused failed. Failed steps:"
    printf '  %s\n' "${failed[@]}"
    return 1
  fi
  echo "$passed passed, $refused failed"
}
