"""The commands of docs/how-to/deploy-with-compose.md, as they stand there: back up, restore, undo a migration, read the
key, change the database's password.
"""

from __future__ import annotations

import httpx
import pytest
from compose.deployment import ComposeFailed, Deployment, eventually
from compose.work import Api

LOADER = "create role loader login password 'only for the loader'; grant all on schema public to loader"
SEALED = {"host": "db", "database": "warehouse", "user": "loader", "password": "only for the loader"}
NEW_PASSWORD = "another password: with \\ and colon"


def psql(deployment: Deployment, database: str, query: str) -> str:
    return deployment.execute("db", "psql", "-U", "headwater", "-d", database, "-v", "ON_ERROR_STOP=1", "-Atc", query)


def ready(deployment: Deployment) -> bool:
    return httpx.get(f"{deployment.url}/api/readyz", timeout=10).status_code == 200


def test_a_restored_back_up_has_everything_and_opens_what_was_sealed(deployment: Deployment, api: Api) -> None:
    psql(deployment, "warehouse", LOADER)
    api.send("POST", "/api/connectors", {"name": "sealed", "type": "postgres", "config": SEALED})
    assert api.send("POST", "/api/connectors/sealed/check", {})["sides"][0]["ok"]
    runs_before = len(api.get("/api/runs?limit=200")["items"])

    dump = deployment.receive_bytes(
        "exec", "-T", "db", "pg_dump", "--username", "headwater", "--format", "custom", "headwater"
    )
    api.send("DELETE", "/api/connectors/sealed")
    deployment.compose("stop", "backend", "worker")
    deployment.compose("exec", "-T", "db", "dropdb", "--username", "headwater", "--force", "headwater")
    deployment.compose("exec", "-T", "db", "createdb", "--username", "headwater", "headwater")
    deployment.send_bytes(dump, "exec", "-T", "db", "pg_restore", "--username", "headwater", "--dbname", "headwater")
    deployment.up("--no-build")

    assert len(api.get("/api/runs?limit=200")["items"]) == runs_before
    assert api.send("POST", "/api/connectors/sealed/check", {})["sides"][0]["ok"]
    assert api.ended(api.run("load_1"))["status"] == "succeeded"


def test_the_newest_migration_can_be_undone_and_a_start_brings_it_back(deployment: Deployment, api: Api) -> None:
    newest = deployment.execute("backend", "headwater", "migrate", "status").splitlines()[0]

    undone = deployment.execute("backend", "headwater", "migrate", "down")
    assert undone.splitlines()[0] != newest
    assert "pending" in undone
    with pytest.raises(ComposeFailed, match="pending"):
        deployment.execute("backend", "headwater", "migrate", "status")

    deployment.up("--no-build", "--force-recreate", "backend", "worker")
    eventually(lambda: ready(deployment), "a backend that is ready")
    assert deployment.execute("backend", "headwater", "migrate", "status").splitlines()[0] == newest
    assert api.ended(api.run("load_1"))["status"] == "succeeded"


def test_the_key_is_read_as_the_page_says(deployment: Deployment) -> None:
    read = deployment.compose("run", "--rm", "--no-deps", "--entrypoint", "cat", "backend", "/run/headwater/secret.key")

    assert deployment.execute("backend", "cat", "/run/headwater/secret.key").strip() in read


def test_the_password_of_the_database_is_changed_as_the_page_says(deployment: Deployment, api: Api) -> None:
    quoted = NEW_PASSWORD.replace("'", "''")
    psql(deployment, "headwater", f"alter role headwater password '{quoted}'")
    deployment.compose(
        "run", "--rm", "--no-deps", "--entrypoint", "rm", "first-start", "-f", "/run/headwater-db/password"
    )
    changed = Deployment(deployment.port, {"HEADWATER_DB_PASSWORD": NEW_PASSWORD})
    changed.up("--no-build", "--force-recreate")

    eventually(lambda: ready(deployment), "a backend that is ready")
    assert api.ended(api.run("load_1"))["status"] == "succeeded"
