#!/usr/bin/env bash
# Makes .venv/ in the repository's root with everything a checkout needs. Runs again at no harm and little cost.
# Needs Python >= 3.11 and a way to reach the package index that pip is configured for; nothing else.
set -euo pipefail
cd "$(dirname "$0")/.."

die() { printf 'setup: %s\n' "$@" >&2; exit 1; }

find_python() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    die "Headwater needs Python 3.11 or newer; ${PYTHON:-python3} is $(${PYTHON:-python3} --version 2>&1 || true)." \
        "Install one (Debian 12, Ubuntu 24.04: apt install python3 python3-venv; macOS: brew install python@3.12)," \
        "or say where it is: make setup PYTHON=/path/to/python3.12"
}

make_venv() {
    local python=$1
    # Debian splits ensurepip off into a package of its own; without it a venv comes out without pip.
    if ! "$python" -c 'import ensurepip' 2>/dev/null; then
        local package
        package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
        if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
            echo "setup: installing $package, which this Python lacks" >&2
            export DEBIAN_FRONTEND=noninteractive
            apt-get update -qq
            apt-get install -y -qq "$package" >/dev/null
        else
            die "$python cannot make a virtual environment: its module ensurepip is missing." \
                "Debian, Ubuntu: sudo apt install $package; then run make setup again."
        fi
    fi
    "$python" -m venv --clear .venv
}

. tools/pip_settings.sh

if ! .venv/bin/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$(find_python)
    make_venv "$python"
fi
# A pip file that asks for a user install, or a global target, has no say here.
unset PIP_USER PIP_TARGET PIP_PREFIX PYTHONHOME
.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
inherit_pip_settings
uv() { .venv/bin/uv --no-config "$@"; }
export VIRTUAL_ENV=$PWD/.venv
uv pip install --quiet --compile-bytecode --require-hashes -r requirements/dev.txt

# Our own distributions, from source. The build tool is in the lock already, so nothing is resolved here.
for project in engine server plugins/example; do
    if [ -f "$project/pyproject.toml" ]; then
        uv pip install --quiet --no-deps --no-build-isolation --editable "$project"
    fi
done
