#!/usr/bin/env bash
# `make compose-test`: judges the other examples, builds the images, brings compose.yaml up and tries it as its users do
# (tests/compose), then takes everything away again. Where no Docker engine answers, and this is root on Debian, it starts
# one of its own, with base images made from Debian packages; elsewhere the test is skipped, loudly. Arguments go to pytest.
# HEADWATER_SPARK_IMAGE=1 builds and tries the image with Spark too: some minutes and gigabytes more.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tools/debian.sh
. deploy/ci/docker_engine.sh
. deploy/ci/stand_ins.sh
began=$SECONDS
own_engine= skipped=
say() { printf 'compose test [%3d s]: %s\n' $((SECONDS - began)) "$*"; }
skip() {
    printf '\n%s\n%s\n%s\n\n' "########  COMPOSE TEST SKIPPED  ########" "$*" "########################################" >&2
    skipped=1
    exit 0
}

# What a test left behind that was killed: its folder names the process that made it.
for old in "${TMPDIR:-/tmp}"/headwater-compose-*; do
    owner=$(cat "$old/owner" 2>/dev/null) || continue
    [ -d "/proc/$owner" ] && continue
    say "cleaning up after an earlier test, $old"
    stop_docker_engine "$old/engine" && rm -rf --one-file-system "$old"
done

work=$(mktemp -d "${TMPDIR:-/tmp}/headwater-compose-XXXXXX")
echo $$ >"$work/owner"
export COMPOSE_FILE=compose.yaml:compose.ci.yaml COMPOSE_PROJECT_NAME=headwater-test-$$ HEADWATER_IMAGE_TAG=test-$$
export DOCKER_BUILDKIT=0

what_is_left() {
    local ours=label=com.docker.compose.project=$COMPOSE_PROJECT_NAME
    {
        docker ps --all --quiet --filter "$ours"
        docker volume ls --quiet --filter "$ours"
        docker network ls --quiet --filter "$ours"
    } 2>/dev/null | paste -sd' ' -
}

clean_up() {
    local result=$?
    trap - EXIT
    trap '' INT TERM HUP
    docker compose down --volumes --remove-orphans --timeout 5 >/dev/null 2>&1 || true
    if [ -n "$(what_is_left)" ]; then
        say "docker compose down left behind: $(what_is_left)"
        result=1
    fi
    if [ -n "$own_engine" ]; then
        stop_docker_engine "$work/engine" || result=1
    else
        docker image ls --quiet --filter "reference=headwater-*:$HEADWATER_IMAGE_TAG" 2>/dev/null | xargs -r docker image rm --force \
            >/dev/null 2>&1 || true
    fi
    rm -rf --one-file-system "$work"
    # The last line is what .ci/run and people look at.
    if [ $result != 0 ]; then say "FAILED"; elif [ -n "$skipped" ]; then say "SKIPPED"; else say "passed; nothing is left behind"; fi
    exit $result
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

deploy/ci/examples.sh

if docker info >/dev/null 2>&1; then
    say "the Docker engine that runs here is used, with the base images of a registry"
elif is_root_on_debian; then
    PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH
    need_programs docker.io=/usr/sbin/dockerd debootstrap=debootstrap iproute2=ip \
        || skip "Debian's packages of an engine cannot be installed."
    own_engine=1
    start_docker_engine "$work/engine" || skip "A Docker engine does not start on this machine."
    say "engine $(docker info --format '{{.ServerVersion}}, {{.Driver}}')"
else
    skip "No Docker engine answers, and one can be started by root on Debian only."
fi
need_programs chromium=chromium || skip "There is no chromium, in which a person's part is tried."

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
HEADWATER_COMPOSE_TEST=1 .venv/bin/pytest -n 0 --durations=0 --durations-min=1 tests/compose "$@"
say "all of it was tried; memory now: $(docker stats --no-stream --format '{{.Name}} {{.MemUsage}}' \
    | sed "s/^$COMPOSE_PROJECT_NAME-//; s| /.*||" | sort | paste -sd, | sed 's/,/, /g')"
if [ "${HEADWATER_SPARK_IMAGE:-}" = 1 ]; then deploy/ci/spark_image.sh; fi
