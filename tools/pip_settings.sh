#!/usr/bin/env bash
# For scripts that call uv, from the repository root: `. tools/pip_settings.sh`, then inherit_pip_settings.

# uv reads none of pip's settings: hand over where packages come from and whom to trust.
inherit_pip_settings() {
    local key value name
    for key in index-url extra-index-url cert; do
        value=$(.venv/bin/pip config get "global.$key" 2>/dev/null || .venv/bin/pip config get ":env:.$key" 2>/dev/null || true)
        case $key in
            index-url) name=UV_DEFAULT_INDEX ;;
            extra-index-url) name=UV_INDEX ;;
            cert) name=SSL_CERT_FILE ;;
        esac
        if [ -n "$value" ] && [ -z "${!name:-}" ]; then export "$name=$value"; fi
    done
    export UV_HTTP_TIMEOUT=${UV_HTTP_TIMEOUT:-180} UV_LINK_MODE=${UV_LINK_MODE:-copy}
}
