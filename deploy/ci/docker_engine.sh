#!/usr/bin/env bash
# For scripts: `. deploy/ci/docker_engine.sh`, then start_docker_engine and stop_docker_engine. Starts Debian's Docker
# engine in a folder of its own, beside nothing else, and takes it away again: processes by their ids, mounts, data.
# It alters no firewall and no setting of the kernel, so containers reach each other, and the host their published
# ports; the world outside is reached only while an image is built, with the host's network.
# Needs root and the packages docker.io, iproute2. Sets DOCKER_HOST, DOCKER_CONFIG and PATH.

DOCKER_ENGINE_START_SECONDS=60
DOCKER_ENGINE_STOP_SECONDS=30

start_docker_engine() {  # FOLDER, which must not exist or be empty
    local folder=$1 deadline
    mkdir -p "$folder/config/cli-plugins"
    export DOCKER_HOST=unix://$folder/docker.sock DOCKER_CONFIG=$folder/config PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH
    # A session of its own: Ctrl-C reaches the script, which still needs the engine to clean up.
    setsid dockerd --data-root "$folder/data" --exec-root "$folder/exec" --pidfile "$folder/dockerd.pid" \
        --host "$DOCKER_HOST" --iptables=false --ip6tables=false --ip-masq=false --ip-forward=false --bridge=none \
        >"$folder/dockerd.log" 2>&1 </dev/null &
    deadline=$((SECONDS + DOCKER_ENGINE_START_SECONDS))
    until docker info >/dev/null 2>&1; do
        if [ $SECONDS -ge $deadline ]; then
            echo "docker engine: it did not answer within $DOCKER_ENGINE_START_SECONDS s; its last words:" >&2
            tail -n 15 "$folder/dockerd.log" >&2
            return 1
        fi
        sleep 0.3
    done
}

stop_docker_engine() {  # FOLDER; answers 1 and says what is left where something is left
    local folder=$1 pid mount network left
    # This engine and no other, whatever the environment says: everything in it is removed.
    local -x DOCKER_HOST=unix://$folder/docker.sock
    [ -d "$folder" ] || return 0
    if docker info >/dev/null 2>&1; then
        docker ps --all --quiet | xargs -r docker rm --force --volumes >/dev/null 2>&1 || true
        for network in $(docker network ls --quiet --filter type=custom); do
            docker network rm "$network" >/dev/null 2>&1 || true
        done
    fi
    if [ -s "$folder/dockerd.pid" ]; then
        pid=$(cat "$folder/dockerd.pid")
        if _runs_in "$folder" "$pid"; then kill "$pid" 2>/dev/null || true; fi
        _wait_for_end "$pid" || kill -9 "$pid" 2>/dev/null || true
    fi
    # An engine that died leaves its helpers behind; each has the folder in its command line.
    for pid in $(_processes_in "$folder"); do
        kill "$pid" 2>/dev/null || true
        _wait_for_end "$pid" || kill -9 "$pid" 2>/dev/null || true
    done
    while read -r mount; do umount --lazy "$mount" 2>/dev/null || true; done < <(_mounts_in "$folder")
    rm -rf --one-file-system "$folder" 2>/dev/null || true
    left="$(_processes_in "$folder") $(_mounts_in "$folder")"
    [ -e "$folder" ] && left="$left $folder"
    if [ -n "${left// /}" ]; then
        echo "docker engine: left behind: $left" >&2
        return 1
    fi
}

_runs_in() { tr '\0' ' ' <"/proc/$2/cmdline" 2>/dev/null | grep -qF -- "$1/"; }

_processes_in() {
    local process pid
    for process in /proc/[0-9]*; do
        pid=${process#/proc/}
        [ "$pid" = $$ ] || [ "$pid" = "$BASHPID" ] || [ "$pid" = "$PPID" ] && continue
        case $(cat "$process/comm" 2>/dev/null) in
            dockerd | containerd | containerd-shim* | docker-proxy | runc*) _runs_in "$1" "$pid" && echo "$pid" ;;
        esac
    done
    return 0
}

_mounts_in() { awk -v folder="$1/" 'index($5, folder) == 1 {print $5}' /proc/self/mountinfo | sort -r; }

_wait_for_end() {
    local deadline=$((SECONDS + DOCKER_ENGINE_STOP_SECONDS))
    while [ -e "/proc/$1" ] && [ "$(awk '/^State:/{print $2}' "/proc/$1/status" 2>/dev/null)" != Z ]; do
        [ $SECONDS -lt $deadline ] || return 1
        sleep 0.1
    done
}
