"""The quick start of the README: build, up, migrate, open the page, run the shop of the examples."""

import json
import re
import subprocess
from pathlib import Path

import httpx
import pytest
from compose.deployment import Deployment
from compose.work import Api, deliver_shop, sign_in_link
from playwright.sync_api import Page, expect

SERVICES = ("backend", "db", "frontend", "worker")
RUN_MS = 120_000


def test_all_services_are_up_and_well(deployment: Deployment) -> None:
    assert deployment.services() == {
        **dict.fromkeys(SERVICES, "running healthy"),
        "first-start": "exited",
    }


def test_migrations_by_hand_find_nothing_left_to_do(deployment: Deployment) -> None:
    assert "up to date" in deployment.execute("backend", "headwater", "migrate")


def test_the_port_shows_the_web_interface_and_hands_the_api_on(deployment: Deployment) -> None:
    page, deep = httpx.get(deployment.url), httpx.get(f"{deployment.url}/pipelines/any")
    ready = httpx.get(f"{deployment.url}/api/readyz")

    assert page.status_code == deep.status_code == 200
    assert page.text == deep.text
    assert page.headers["X-Frame-Options"] == "DENY"
    assert ready.json() == {"status": "ok"}
    assert httpx.get(f"{deployment.url}/api/pipelines").status_code == 401


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_runs_without_root_and_cannot_write_to_its_image(deployment: Deployment, service: str) -> None:
    who = deployment.execute(service, "sh", "-c", "id -u; touch /usr/x 2>&1 || true; grep CapEff /proc/1/status")

    assert re.match(r"[1-9]\d*\n", who), who
    assert "Read-only file system" in who
    assert "0000000000000000" in who


def test_no_secret_stands_where_docker_shows_it(deployment: Deployment) -> None:
    key = deployment.execute("backend", "cat", "/run/headwater/secret.key").strip()
    password = deployment.execute("db", "cat", "/run/headwater-db/password").strip()
    ids = [str(container["ID"]) for container in deployment.containers()]
    shown = subprocess.run(["docker", "inspect", *ids], capture_output=True, text=True, check=True).stdout
    shown += deployment.compose("config") + deployment.compose("logs")

    assert len(key) > 60
    assert len(password) > 60
    assert key not in shown
    assert password not in shown


def test_a_person_signs_in_by_the_link_and_runs_the_shop_in_a_browser(
    deployment: Deployment, api: Api, page: Page, tmp_path: Path
) -> None:
    project = deliver_shop(deployment, tmp_path)
    changes = api.send("POST", "/api/apply", {"yaml": project})["changes"]
    assert {change["action"] for change in changes} == {"create"}

    page.goto(sign_in_link(deployment))
    expect(page.get_by_role("navigation").first).to_be_visible(timeout=20_000)
    page.goto("/pipelines/shop")
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("run", re.IGNORECASE)).last.click()
    expect(page).to_have_url(re.compile(r"/runs/[0-9a-f-]{36}"), timeout=20_000)
    expect(page.get_by_text(re.compile("succeeded", re.IGNORECASE)).first).to_be_visible(timeout=RUN_MS)

    run = api.ended(page.url.partition("/runs/")[2].partition("?")[0])
    assert run["status"] == "succeeded", json.dumps(run)
    rows = run["rows"]
    assert rows["rejected"] > 0
    assert rows["read"] == rows["filtered"] + rows["rejected"] + rows["deduplicated"] + rows["written"]
    quarantine = api.get(f"/api/quarantine?run={run['id']}")["items"]
    assert sum(item["rows"] for item in quarantine) == rows["rejected"]


def test_events_come_through_the_frontend_as_they_happen(api: Api) -> None:
    """The first one arrives while the response is still open: nothing on the way collects them."""
    seen: list[str] = []
    with api.http.stream("GET", "/api/events", timeout=30) as events:
        assert events.headers["content-type"].startswith("text/event-stream")
        run = api.run("shop")
        for line in events.iter_lines():
            if line.startswith("data:") and run in line:
                seen.append(line)
                break

    assert seen
    assert api.ended(run)["status"] == "succeeded"


def test_the_demo_that_home_offers_runs_where_the_workers_are(api: Api) -> None:
    api.send("POST", "/api/demo")
    run = api.ended(api.run("demo_shop"))

    assert run["status"] == "succeeded", run["error"]
    assert run["rows"]["read"] == 5_500
