#!/usr/bin/env bash
# For scripts: `. tools/debian.sh`, then need_programs. Programs that are no Python package, out of Debian's.

is_root_on_debian() { [ "$(id -u)" = 0 ] && [ -f /etc/debian_version ] && command -v apt-get >/dev/null; }

need_programs() {  # package=program…: installs what is missing; answers 1, having said what to do, where it cannot
    local pair missing=()
    for pair in "$@"; do command -v "${pair#*=}" >/dev/null || missing+=("${pair%%=*}"); done
    [ ${#missing[@]} = 0 ] && return
    if ! is_root_on_debian; then
        echo "missing: ${missing[*]}. They are installed from here by root on Debian only; elsewhere install them first." >&2
        return 1
    fi
    echo "installing ${missing[*]}, which this machine lacks" >&2
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq -o DPkg::Lock::Timeout=120 \
        && apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=120 "${missing[@]}" >/dev/null \
        || { echo "apt-get could not install ${missing[*]}; see above" >&2; return 1; }
}

# Called as a program it does the same: tools/debian.sh chromium=chromium
if [ "${BASH_SOURCE[0]}" = "$0" ]; then
    set -euo pipefail
    need_programs "$@"
fi
