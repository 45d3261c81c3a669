#!/usr/bin/env bash
# Judges deploy/kubernetes by the schemas of Kubernetes, strictly, and deploy/systemd by systemd itself. From the
# repository's root, with .venv/ there. What a machine cannot judge is skipped with a line that says so.
set -euo pipefail

KUBERNETES="1.30 1.31 1.32 1.33 1.34 1.35 1.36 1.37"
# systemd's own figure for how exposed a service is: 10 is wide open. It must not get worse unseen.
EXPOSURE=35
work=$(mktemp -d "${TMPDIR:-/tmp}/headwater-examples-XXXXXX")
trap 'rm -rf "$work"' EXIT
. tools/pip_settings.sh
inherit_pip_settings

kubernetes() {
    local version
    .venv/bin/uv --no-config venv --quiet --python .venv/bin/python "$work/kubernetes"
    VIRTUAL_ENV=$work/kubernetes .venv/bin/uv --no-config pip install --quiet --require-hashes -r requirements/kubernetes.txt
    for version in $KUBERNETES; do
        "$work/kubernetes/bin/kubernetes-validate" --strict --kubernetes-version "$version" deploy/kubernetes/*.yaml \
            >"$work/said" 2>&1 || { cat "$work/said"; echo "examples: not fit for Kubernetes $version" >&2; return 1; }
    done
    echo "examples: deploy/kubernetes fits the schemas of Kubernetes ${KUBERNETES%% *} to ${KUBERNETES##* }"
}

systemd() {
    local unit
    if ! command -v systemd-analyze >/dev/null; then
        echo "examples: TEST SKIPPED: there is no systemd-analyze here to judge deploy/systemd" >&2
        return
    fi
    # It looks for the program, which is not installed here. A template is judged by one of what it makes.
    for unit in deploy/systemd/*.service; do
        sed 's|^ExecStart=/opt/headwater/bin/headwater|ExecStart=/bin/true|' "$unit" >"$work/$(basename "${unit/@/@1}")"
    done
    for unit in "$work"/*.service; do
        # It leaves with 0 for keys that it does not know: what it says is the judgement.
        systemd-analyze verify "$unit" 2>&1 | tee "$work/said"
        if [ -s "$work/said" ]; then echo "examples: systemd does not accept $(basename "$unit")" >&2; return 1; fi
        systemd-analyze security --offline=true --no-pager --threshold="$EXPOSURE" "$unit" >"$work/said" 2>&1 \
            || { cat "$work/said"; echo "examples: $(basename "$unit") is too exposed" >&2; return 1; }
        echo "examples: $(basename "$unit"): accepted by systemd $(systemd-analyze --version | awk 'NR == 1 {print $2}')," \
            "exposure $(awk '/Overall exposure/ {print $(NF - 2)}' "$work/said") of 10"
    done
}

kubernetes
systemd
