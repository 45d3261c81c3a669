"""One deployment for all tests of this folder, brought up by compose.yaml; `deploy/ci/compose_test.sh` gives it an
engine, built images and a project name of its own, and takes everything away. The tests go from a first start to what
may befall a deployment, file by file.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest
from compose.deployment import Deployment
from compose.work import Api

BROWSER = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
# Patience costs nothing where all goes well, and a busy machine is not a wrong answer.
LONGEST_S = 420


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("HEADWATER_COMPOSE_TEST") != "1":
        raise pytest.UsageError("tests of the compose file need an engine and images: run `make compose-test`")
    for item in items:
        item.add_marker(pytest.mark.timeout(LONGEST_S))


@pytest.fixture(scope="session")
def deployment() -> Iterator[Deployment]:
    """Up and healthy. What the containers said is printed when a test failed."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        found = Deployment(port=free.getsockname()[1])
    found.up("--no-build")
    yield found
    print(found.compose("logs", "--no-color", "--tail", "60", check=False))


@pytest.fixture(scope="session")
def api(deployment: Deployment) -> Iterator[Api]:
    """The API as an administrator, through the frontend's port."""
    with Api.signed_in(deployment) as signed_in:
        yield signed_in


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    """Debian's Chromium: none is downloaded."""
    return {**browser_type_launch_args, "executable_path": "/usr/bin/chromium", "args": BROWSER}


@pytest.fixture(scope="session")
def base_url(deployment: Deployment) -> str:
    return deployment.url
