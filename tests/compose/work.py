"""What the tests let a deployment do: sign in, load the shop of the examples, keep workers busy."""

from __future__ import annotations

import re
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
from compose.deployment import ROOT, Deployment, eventually

PROJECT = "/var/lib/headwater/projects/default"
ENDED = {"succeeded", "failed", "cancelled"}
LINK = re.compile(r"http://localhost:\d+/sign-in\?token=\S+")
EMAIL = "admin@localhost"

# Written where the workers see it, by a worker: nothing of the host is mounted.
MAKE_ORDERS = """
import pathlib, sys
folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
with (folder / "orders.csv").open("w") as out:
    out.write("id,customer,amount\\n")
    for number in range(int(sys.argv[2])):
        out.write(f"{number},{number % 997},{number % 1000}.50\\n")
"""


@dataclass
class Api:
    """JSON in, JSON out. Every answer that is no success fails the test, with what it says."""

    http: httpx.Client

    @classmethod
    @contextmanager
    def signed_in(cls, deployment: Deployment) -> Iterator[Api]:
        token = sign_in_link(deployment).partition("token=")[2]
        with httpx.Client(base_url=deployment.url, headers={"Origin": deployment.url}, timeout=30) as http:
            api = cls(http)
            api.send("POST", "/api/session/link", {"token": token})
            yield api

    def send(self, method: str, path: str, body: object = None) -> Any:
        answer = self.http.request(method, path, json=body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def get(self, path: str) -> Any:
        return self.send("GET", path)

    def run(self, pipeline: str) -> str:
        return str(self.send("POST", f"/api/pipelines/{pipeline}/run", {})["id"])

    def ended(self, run_id: str, within_s: float = 180) -> dict[str, Any]:
        """The run, once it is over."""

        def look() -> dict[str, Any] | None:
            answer = self.http.get(f"/api/runs/{run_id}")
            if answer.status_code >= 500:
                return None
            assert answer.is_success, answer.text
            run: dict[str, Any] = answer.json()
            return run if run["status"] in ENDED else None

        return eventually(look, f"the end of run {run_id}", within_s)


def sign_in_link(deployment: Deployment, email: str = EMAIL) -> str:
    """A new one-time link, as the first administrator gets it."""
    said = deployment.execute("backend", "headwater", "users", "link", email)
    found = LINK.search(said)
    assert found, f"no link in: {said}"
    return found[0]


def deliver_shop(deployment: Deployment, folder: Path) -> str:
    """The exports of the example go to the workers' projects; answers the project file."""
    make = "from pathlib import Path; from make_data import *; s = Shop(Path('out/exports')); "
    make += "s.deliver_customers_and_products(); s.deliver_orders(FIRST)"
    shop = ROOT / "examples" / "shop"
    subprocess.run(
        [str(ROOT / ".venv/bin/python"), "-c", make], cwd=folder, env={"PYTHONPATH": str(shop)}, check=True, timeout=60
    )
    (folder / "out" / "pii.key").write_text("a key for the test of the compose file\n")
    packed = BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.add(folder / "out", "out")
    deployment.execute("worker", "mkdir", "-p", PROJECT)
    unpack = ["exec", "--no-TTY", "worker", "tar", "-x", "--no-same-owner", "-C", PROJECT]
    deployment.send_bytes(packed.getvalue(), *unpack)
    return (shop / "headwater.yaml").read_text(encoding="utf-8")


def orders_project(deployment: Deployment, pipelines: int, rows: int) -> dict[str, Any]:
    """So many pipelines that load the same file into tables of their own, in the deployment's own PostgreSQL server."""
    deployment.execute("worker", "python", "-c", MAKE_ORDERS, f"{PROJECT}/orders", str(rows))
    query = "select from pg_database where datname = 'warehouse'"
    if "(0 rows)" in deployment.execute("db", "psql", "-U", "headwater", "-c", query):
        deployment.execute("db", "createdb", "-U", "headwater", "warehouse")
    dsn = "postgresql://headwater@db:5432/warehouse?passfile=/run/headwater/pgpass"
    chain = {
        "sources": [{"connector": "orders", "streams": ["orders"]}],
        "processors": [{"type": "derive", "config": {"columns": {"half": "amount / 2"}}}],
    }
    return {
        "version": 1,
        "connectors": {
            "orders": {"type": "files", "config": {"url": "orders"}},
            "target": {"type": "postgres", "config": {"dsn": dsn}},
        },
        "pipelines": {
            f"load_{n}": {**chain, "destinations": [{"connector": "target", "table": f"orders_{n}"}]}
            for n in range(1, pipelines + 1)
        },
    }


def rows_in_warehouse(deployment: Deployment, table: str) -> int:
    said = deployment.execute(
        "db", "psql", "-U", "headwater", "-d", "warehouse", "-Atc", f"select count(*) from {table}"
    )
    return int(said.strip())
