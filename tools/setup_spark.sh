#!/usr/bin/env bash
# Puts into .venv/spark/ what the parity suite needs: pyspark (built from source, half a gigabyte); on Debian as root
# also Java. Only that suite has the folder on its path: numpy, which it brings, slows down every import of pyarrow.
# Where Java cannot be installed from here, the suite fails and says what to do. HEADWATER_SKIP_SPARK=1 does nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "${HEADWATER_SKIP_SPARK:-}" = 1 ]; then
    echo "setup: Spark is left out, and so are the tests that need it (HEADWATER_SKIP_SPARK=1)" >&2
    exit 0
fi

has_java() { [ -x "${JAVA_HOME:-/nowhere}/bin/java" ] || command -v java >/dev/null; }

if ! has_java && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    for package in openjdk-17-jre-headless openjdk-21-jre-headless; do
        if apt-cache show "$package" >/dev/null 2>&1; then
            echo "setup: installing $package, which Spark needs" >&2
            apt-get install -y -qq --no-install-recommends "$package" >/dev/null
            break
        fi
    done
fi

. tools/pip_settings.sh
inherit_pip_settings
echo "setup: installing pyspark for the parity suite" >&2
rm -rf .venv/spark
VIRTUAL_ENV=$PWD/.venv .venv/bin/uv --no-config pip install --quiet --compile-bytecode --no-deps --require-hashes \
    --target .venv/spark --build-constraints requirements/spark.txt -r requirements/spark.txt
touch .venv/spark/.ready
