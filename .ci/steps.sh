# shellcheck shell=bash disable=SC2154 # `base_images` is named in run
# Steps, their names and how they ended. Sourced by .ci/run.

work=$(mktemp -d)
failed=()

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
  printf -- '-- %s: %s after %d s\n' "$name" "$([ $status = 0 ] && echo ok || echo failed)" $((SECONDS - started))
  [ $status = 0 ] || failed+=("$name")
}

# must NAME COMMAND: a step without which the others make no sense.
must() {
  local before=${#failed[@]}
  step "$@"
  [ ${#failed[@]} = "$before" ] || exit 1
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
  echo
  if [ ${#failed[@]} != 0 ]; then
    echo "Tests: $passed passed, $refused failed. Failed steps:"
    printf '  %s\n' "${failed[@]}"
    return 1
  fi
  echo "$passed passed, $refused failed"
}
