#!/bin/sh
# On first start makes the cluster, role and database that the environment names, as the official image does.
set -eu
user=${POSTGRES_USER:-postgres}
database=${POSTGRES_DB:-$user}
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    password_file=${POSTGRES_PASSWORD_FILE:?the stand-in takes the password from a file}
    initdb --username="$user" --encoding=UTF8 --locale=C.UTF-8 --auth-host=scram-sha-256 --auth-local=trust \
        --pwfile="$password_file" >/dev/null
    echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
    pg_ctl --wait --options="-c listen_addresses=''" start >/dev/null
    [ "$database" = postgres ] || createdb --username="$user" "$database"
    pg_ctl --wait stop >/dev/null
fi
exec "$@" -c listen_addresses='*'
