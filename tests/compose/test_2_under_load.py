"""Services go and come back while runs are under way: every run ends well, and every row is there once."""

import httpx
import pytest
from compose.deployment import Deployment, eventually, stays
from compose.work import Api, orders_project, rows_in_warehouse

PIPELINES, ROWS = 4, 150_000
GONE_S = 60


@pytest.fixture(scope="module")
def names(deployment: Deployment, api: Api) -> list[str]:
    """Pipelines that keep workers busy for some seconds each."""
    project = orders_project(deployment, PIPELINES, ROWS)
    api.send("POST", "/api/apply", {"document": project})
    return sorted(project["pipelines"])


def all_rows_are_there(deployment: Deployment, api: Api, runs: list[str]) -> None:
    ended = [api.ended(run) for run in runs]

    assert [(run["status"], run["error"]) for run in ended] == [("succeeded", None)] * len(runs)
    for n in range(1, len(runs) + 1):
        assert rows_in_warehouse(deployment, f"orders_{n}") == ROWS


def begin(api: Api, names: list[str]) -> list[str]:
    """Runs of all, of which at least one is under way."""
    runs = [api.run(name) for name in names]
    eventually(lambda: any(api.get(f"/api/runs/{run}")["status"] == "running" for run in runs), "a run under way")
    return runs


@pytest.mark.parametrize("service", ["worker", "backend", "db", "frontend"])
def test_a_service_that_is_restarted_under_load_loses_no_run_and_no_row(
    deployment: Deployment, api: Api, names: list[str], service: str
) -> None:
    runs = begin(api, names)
    deployment.compose("restart", "--timeout", "5", service)

    all_rows_are_there(deployment, api, runs)


def test_a_worker_that_is_killed_is_replaced_and_its_run_goes_on(
    deployment: Deployment, api: Api, names: list[str]
) -> None:
    runs = begin(api, names)
    deployment.compose("kill", "--signal", "KILL", "worker")
    deployment.up("--no-build", "--no-recreate", "worker")

    all_rows_are_there(deployment, api, runs)


def test_a_database_that_is_gone_for_a_minute_is_said_to_be_away_and_its_runs_go_on_afterwards(
    deployment: Deployment, api: Api, names: list[str]
) -> None:
    runs = begin(api, names)
    deployment.compose("stop", "--timeout", "5", "db")
    away = eventually(lambda: unready(deployment), "an answer that the database is away")
    assert away.headers["content-type"].startswith("application/problem+json")
    assert away.json()["code"]
    stays(
        lambda: httpx.get(f"{deployment.url}/api/healthz", timeout=10).status_code == 200,
        "the API is alive",
        for_s=GONE_S,
    )
    assert unready(deployment)

    deployment.up("--no-build", "--no-recreate", "db")
    all_rows_are_there(deployment, api, runs)
    eventually(lambda: "unhealthy" not in str(deployment.services()), "services that are well again")


def unready(deployment: Deployment) -> httpx.Response | None:
    answer = httpx.get(f"{deployment.url}/api/readyz", timeout=20)
    return answer if answer.status_code == 503 else None


def test_three_workers_share_the_runs(deployment: Deployment, api: Api, names: list[str]) -> None:
    deployment.up("--no-build", "--no-recreate", "--scale", "worker=3")
    assert sum(container["Service"] == "worker" for container in deployment.containers()) == 3

    runs = [api.run(name) for name in names]
    all_rows_are_there(deployment, api, runs)
    workers = {attempt["worker"] for run in runs for attempt in api.get(f"/api/runs/{run}")["attempts"]}

    assert len(workers) >= 2
    deployment.up("--no-build", "--no-recreate", "--scale", "worker=1")
