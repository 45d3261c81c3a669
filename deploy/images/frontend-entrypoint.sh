#!/bin/sh
# Fills in the template: where the API is, and whom to ask for its address. It is asked again every few seconds, so a
# backend that comes back with another address is found.
set -eu
resolver=$(awk '$1 == "nameserver" {print ($2 ~ /:/) ? "[" $2 "]" : $2; exit}' /etc/resolv.conf)
if [ -z "$resolver" ]; then
    echo "frontend: /etc/resolv.conf names no nameserver, so $HEADWATER_BACKEND cannot be found" >&2
    exit 1
fi
sed -e "s|@RESOLVER@|$resolver|" -e "s|@BACKEND@|$HEADWATER_BACKEND|" -e "s|@BODY_LIMIT@|$HEADWATER_BODY_LIMIT|" \
    /opt/headwater/nginx.conf.template >/tmp/nginx.conf
exec "$@"
