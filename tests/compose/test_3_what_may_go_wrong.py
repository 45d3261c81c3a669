"""Bad input and bad days: what is wrong is said where a person looks, nothing is lost, and it goes on afterwards."""

import socket
from pathlib import Path

import httpx
import pytest
from compose.deployment import ComposeFailed, Deployment, eventually
from compose.work import Api

SQL = ("psql", "-U", "headwater", "-v", "ON_ERROR_STOP=1", "-c")


def ready(deployment: Deployment) -> bool:
    return httpx.get(f"{deployment.url}/api/readyz", timeout=10).status_code == 200


def refusal(deployment: Deployment, *options: str) -> str:
    """What a backend says that is started beside the running one, and must not start."""
    said = deployment.compose(
        "run",
        "--rm",
        "--no-deps",
        "--no-TTY",
        *options,
        "backend",
        "serve",
        "--workers",
        "0",
        check=False,
        timeout_s=90,
    )
    assert "Traceback" not in said
    return said


def test_a_backend_that_starts_before_its_database_waits_for_it(deployment: Deployment) -> None:
    deployment.compose("stop", "--timeout", "5", "backend", "db")
    deployment.compose("up", "--detach", "--no-build", "--no-deps", "backend")
    with pytest.raises(AssertionError):
        eventually(lambda: ready(deployment), "a backend that is ready without a database", within_s=4)
    deployment.compose("up", "--detach", "--no-build", "--no-deps", "db")

    eventually(lambda: ready(deployment), "a backend that is ready")


def test_another_secret_key_than_that_of_the_database_is_refused(deployment: Deployment) -> None:
    said = refusal(
        deployment,
        "--env",
        "HEADWATER_SECRET_KEY_FILE=",
        "--env",
        "HEADWATER_SECRET_KEY=another-key-0123456789-abcdefghijklmnop",
    )

    assert "the secret key is not the one that this database was set up with" in said
    assert "another-key" not in said


def test_an_image_that_is_older_than_the_schema_is_refused(deployment: Deployment) -> None:
    current = deployment.execute("db", *SQL[:-1], "-At", "-c", "select version_num from alembic_version").strip()
    deployment.execute("db", *SQL, "update alembic_version set version_num = '9999'")
    try:
        said = refusal(deployment)
    finally:
        deployment.execute("db", *SQL, f"update alembic_version set version_num = '{current}'")

    assert "9999" in said
    assert "which this version does not know" in said


def test_a_port_that_is_taken_is_named(deployment: Deployment) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        other = Deployment(taken.getsockname()[1])
        with pytest.raises(ComposeFailed, match=rf"{other.port}.*(already|in use)"):
            other.compose("up", "--detach", "--no-build", "--no-deps", "--force-recreate", "frontend")

    deployment.up("--no-build", "--no-deps", "frontend")
    eventually(lambda: ready(deployment), "a backend that is ready")


def test_a_volume_that_cannot_be_written_to_is_named(deployment: Deployment, tmp_path: Path) -> None:
    closed = f"{tmp_path}:/run/headwater:ro"
    said = deployment.compose("run", "--rm", "--no-deps", "--no-TTY", "--volume", closed, "first-start", check=False)

    assert "/run/headwater" in said
    assert "cannot be used" in said
    assert "Traceback" not in said


def test_a_worker_whose_disk_cannot_be_written_to_refuses_and_leaves_the_runs_to_others(
    deployment: Deployment, api: Api, tmp_path: Path
) -> None:
    deployment.compose("stop", "worker")
    run = api.run("load_1")
    closed = f"{tmp_path}:/var/lib/headwater:ro"
    said = deployment.compose("run", "--rm", "--no-deps", "--no-TTY", "--volume", closed, "worker", check=False)
    deployment.up("--no-build", "--no-recreate", "worker")

    assert "/var/lib/headwater" in said
    assert "nothing can be written to" in said
    assert "Traceback" not in said
    assert api.ended(run)["status"] == "succeeded"


def test_a_value_that_would_replace_a_kept_secret_is_refused(deployment: Deployment) -> None:
    given = Deployment(deployment.port, {"HEADWATER_SECRET_KEY": "given-later-0123456789-abcdefghijklmnop"})
    said = given.compose("run", "--rm", "--no-deps", "--no-TTY", "first-start", check=False)

    assert "HEADWATER_SECRET_KEY is not the value that this deployment was set up with" in said
    assert "given-later" not in said
