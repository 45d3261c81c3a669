#!/usr/bin/env bash
# Builds the image with Java and Spark upon the server's image HEADWATER_IMAGE_TAG, and lets Spark and the server's program
# work in it, as the account and on the closed file system that compose.yaml gives. Called by compose_test.sh, whose engine
# and base images it uses.
set -euo pipefail
cd "$(dirname "$0")/../.."
began=$SECONDS
say() { printf 'spark image [%3d s]: %s\n' $((SECONDS - began)) "$*"; }
image=headwater-server-spark:$HEADWATER_IMAGE_TAG

docker build --quiet --network host --file deploy/images/spark.Dockerfile --tag "$image" \
    --build-arg "SERVER_IMAGE=headwater-server:$HEADWATER_IMAGE_TAG" . >/dev/null
say "built: $(docker image ls --format '{{.Size}}' "$image") on $(docker image ls --format '{{.Size}}' \
    "headwater-server:$HEADWATER_IMAGE_TAG")"

inside() { docker run --rm --network none --read-only --tmpfs /tmp --cap-drop ALL "$@"; }

# Names of Spark's session: there is no network in which the container could look its own up.
inside --env SPARK_LOCAL_IP=127.0.0.1 --entrypoint python "$image" -c '
from pyspark.sql import SparkSession
spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
found = spark.range(1_000_000).selectExpr("sum(id) AS total", "count(*) AS rows").first()
assert found == (499_999_500_000, 1_000_000), found
double = spark.range(10).mapInArrow(lambda batches: batches, "id bigint")
assert sorted(row.id for row in double.collect()) == list(range(10))
print("spark image: Spark", spark.version, "counts, and workers of Python take part")
spark.stop()
' 2>/dev/null
inside "$image" --version
say "passed"
