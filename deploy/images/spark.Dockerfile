# The server's image with Java and Spark, for workers that need a Spark session. `make compose-test` builds and tries it
# when HEADWATER_SPARK_IMAGE=1.
#   docker build -f deploy/images/spark.Dockerfile -t headwater-server-spark:0.1.0 .
ARG PYTHON_IMAGE=python:3.13-slim-bookworm
ARG SERVER_IMAGE=headwater-server:0.1.0


FROM ${PYTHON_IMAGE} AS spark
ARG PIP_INDEX_URL
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
COPY requirements/uv.txt requirements/spark.txt ./
# pyspark comes as source; uv holds what builds it to the lock too.
RUN python -m venv .venv && .venv/bin/pip install --quiet --require-hashes -r uv.txt \
    && UV_DEFAULT_INDEX=${PIP_INDEX_URL:-} .venv/bin/uv --no-config pip install --quiet --no-cache --no-deps \
    --require-hashes --python .venv/bin/python --target /opt/spark --build-constraints spark.txt -r spark.txt


FROM ${SERVER_IMAGE}
USER 0:0
RUN mkdir -p /usr/share/man/man1 && apt-get update -qq \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends openjdk-17-jre-headless >/dev/null \
    && rm -rf /var/lib/apt/lists/*
COPY --from=spark /opt/spark /opt/spark
RUN echo /opt/spark >"$(/opt/headwater/bin/python -c 'import site; print(site.getsitepackages()[0])')/spark.pth"
USER 10001:10001
