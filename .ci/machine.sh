# shellcheck shell=bash disable=SC2154 # `work` is made in steps.sh, `base_images` in run
# What the machine must have. Sourced by .ci/run.

# Most browser tests run in the headless shell, at half the CPU; the tests of the back and forward cache
# need the whole browser.
has_chromium() {
  if [ -z "${CHROMIUM:-}" ] && ! { has chromium-headless-shell && has chromium; } || ! has curl; then
    apt-get -qq update
    apt-get -qq install -y --no-install-recommends chromium chromium-headless-shell fonts-dejavu-core curl >/dev/null
  fi
  "${CHROMIUM:-chromium-headless-shell}" --version
}

has_engine() {
  if ! docker info >/dev/null 2>&1 || ! docker compose version >/dev/null 2>&1; then
    if [ ! -x "$base_images/engine" ]; then
      echo 'No working Docker engine with Compose v2 here.'
      return 1
    fi
    : >"$work/engine"
    "$base_images/engine" up
  fi
  echo "engine $(docker version -f '{{.Server.Version}}'), compose $(docker compose version --short)"
}

has_base_images() {
  local image
  for image in postgres:17 nginx:1.30 node:24-slim; do
    docker image inspect "$image" >/dev/null 2>&1 || get_base_image "$image"
    docker image inspect -f "$image {{.Id}}" "$image"
  done
}

get_base_image() {
  if [ -x "$base_images/build" ]; then "$base_images/build"; else docker pull --quiet "$1"; fi
}

port_is_free() {
  if (exec 3<>"/dev/tcp/127.0.0.1/$NATTER_PORT") 2>/dev/null; then
    echo "Port $NATTER_PORT is taken by another program: stop that one, or set NATTER_PORT."
    return 1
  fi
}

has() { command -v "$1" >/dev/null; }
