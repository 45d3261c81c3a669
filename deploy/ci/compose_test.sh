#!/usr/bin/env bash
# `make compose-test`: builds the images, brings compose.yaml up and tries it as its users do (tests/compose), then takes
# everything away again. Where no Docker engine answers, and this is root on Debian, it starts one of its own, with base
# images made from Debian packages; elsewhere the test is skipped, loudly. Arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/../.."
. deploy/ci/docker_engine.sh
. deploy/ci/stand_ins.sh
began=$SECONDS
work=$(mktemp -d "${TMPDIR:-/tmp}/headwater-compose-XXXXXX")
own_engine=
say() { printf 'compose test [%3d s]: %s\n' $((SECONDS - began)) "$*"; }
skip() {
    printf '\n%s\n%s\n%s\n\n' "########  COMPOSE TEST SKIPPED  ########" "$*" "########################################" >&2
    exit 0
}

export COMPOSE_FILE=compose.yaml:compose.ci.yaml COMPOSE_PROJECT_NAME=headwater-test-$$ HEADWATER_IMAGE_TAG=test-$$
export DOCKER_BUILDKIT=0

clean_up() {
    local result=$?
    trap - EXIT INT TERM HUP
    docker compose down --volumes --remove-orphans --timeout 5 >/dev/null 2>&1 || true
    if [ -n "$own_engine" ]; then
        stop_docker_engine "$work/engine" || result=1
    else
        docker image rm "headwater-server:$HEADWATER_IMAGE_TAG" "headwater-frontend:$HEADWATER_IMAGE_TAG" >/dev/null 2>&1 || true
    fi
    rm -rf --one-file-system "$work"
    # The last line is what .ci/run and people look at.
    if [ $result = 0 ]; then say "passed; nothing is left behind"; else say "FAILED"; fi
    exit $result
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

install_packages() {  # package=program…: what is not there yet
    local pair missing=()
    for pair in "$@"; do command -v "${pair#*=}" >/dev/null || missing+=("${pair%%=*}"); done
    [ ${#missing[@]} = 0 ] && return
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

is_root_on_debian() { [ "$(id -u)" = 0 ] && [ -f /etc/debian_version ] && command -v apt-get >/dev/null; }

if docker info >/dev/null 2>&1; then
    say "the Docker engine that runs here is used, with the base images of a registry"
elif is_root_on_debian; then
    PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH
    install_packages docker.io=/usr/sbin/dockerd debootstrap=debootstrap || skip "Debian's packages cannot be installed."
    own_engine=1
    start_docker_engine "$work/engine" || skip "A Docker engine does not start on this machine."
    say "engine $(docker info --format '{{.ServerVersion}}, {{.Driver}}')"
else
    skip "No Docker engine answers, and one can be started by root on Debian only."
fi
is_root_on_debian && install_packages chromium=chromium

if ! docker compose version >/dev/null 2>&1; then
    .venv/bin/python -m venv "$work/compose"
    "$work/compose/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r requirements/compose.txt
    export DOCKER_CONFIG=${DOCKER_CONFIG:-$work/config}
    mkdir -p "$DOCKER_CONFIG/cli-plugins"
    ln -s "$work/compose/bin/docker-compose" "$DOCKER_CONFIG/cli-plugins/docker-compose"
fi

if [ -n "$own_engine" ]; then
    # The names that compose.yaml asks for by default.
    base() { sed -n "s/.*$1: *\${$1:-\([^}]*\)}.*/\1/p; s/.*image: *\${$1:-\([^}]*\)}.*/\1/p" compose.yaml | head -n 1; }
    make_stand_ins "$work/engine/stand-ins" "python=$(base PYTHON_IMAGE)" "node=$(base NODE_IMAGE)" \
        "nginx=$(base NGINX_IMAGE)" "postgres=$(base POSTGRES_IMAGE)"
    say "stand-ins for $(base PYTHON_IMAGE), $(base NODE_IMAGE), $(base NGINX_IMAGE), $(base POSTGRES_IMAGE):" \
        "what is tested is what stands in this repository, not those images"
fi

docker compose build --quiet >"$work/build.log" 2>&1 || { tail -n 40 "$work/build.log"; exit 1; }
say "built: $(docker image ls --format '{{.Repository}} {{.Size}}' | grep '^headwater-' | sort | paste -sd, | sed 's/,/, /g')"
HEADWATER_COMPOSE_TEST=1 .venv/bin/pytest tests/compose "$@"
