"""Services go and come back while runs are under way: every run ends well, and every row is there once."""

import pytest
from compose.deployment import Deployment, eventually
from compose.work import Api, orders_project, rows_in_warehouse

PIPELINES, ROWS = 4, 150_000


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


def test_three_workers_share_the_runs(deployment: Deployment, api: Api, names: list[str]) -> None:
    deployment.up("--no-build", "--no-recreate", "--scale", "worker=3")
    assert sum(container["Service"] == "worker" for container in deployment.containers()) == 3

    runs = [api.run(name) for name in names]
    all_rows_are_there(deployment, api, runs)
    workers = {attempt["worker"] for run in runs for attempt in api.get(f"/api/runs/{run}")["attempts"]}

    assert len(workers) >= 2
    deployment.up("--no-build", "--no-recreate", "--scale", "worker=1")
