"""A server that dies under an open page, and comes back; and a server that nobody has used yet."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from e2e.live import EventStreams, wait_for_pages_at_hand
from e2e.looking import Look
from e2e.running import Running, serving, start, wait_until_ready
from e2e.watching import Watch
from playwright.sync_api import Browser, Page, expect

WAIT_MS = 30_000
# What Chromium says of requests that nobody answers.
GONE = "ERR_|Failed to load resource|status of 50"


@pytest.fixture(scope="module")
def own() -> Iterator[Running]:
    """A server for these tests alone. It calls a tick missed after two seconds, and not after a minute."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADWATER_SCHEDULER_LATE_S", "2")
        with serving() as running:
            yield running


@pytest.fixture
def visitor(own: Running, browser: Browser, watch: Watch) -> Iterator[Page]:
    context = browser.new_context(
        base_url=own.address, viewport={"width": 1360, "height": 900}, reduced_motion="reduce"
    )
    # A server that has to recover first takes its time.
    context.set_default_timeout(WAIT_MS)
    expect.set_options(timeout=WAIT_MS)
    watch.listen(context)
    page = context.new_page()
    page.goto(own.sign_in_link())
    expect(page).not_to_have_url(re.compile("sign-in"))
    yield page
    context.close()
    assert not watch.complaints(), "\n".join(watch.complaints())


def test_a_server_that_nobody_has_used_leads_to_a_first_connector(visitor: Page, look: Look) -> None:
    expect(visitor.get_by_role("heading", name="Let the first rows flow")).to_be_visible()
    look(visitor, "first-run")
    visitor.get_by_role("link", name="Runs", exact=True).click()
    expect(visitor.get_by_text("No run yet")).to_be_visible()
    look(visitor, "runs-first")
    visitor.get_by_role("link", name="Schedules", exact=True).click()
    expect(visitor.get_by_text("No schedule yet")).to_be_visible()
    look(visitor, "schedules-first")
    visitor.get_by_role("link", name="Quarantine", exact=True).click()
    expect(visitor.get_by_text("No rejected rows")).to_be_visible()
    look(visitor, "quarantine-first")


def test_the_demo_is_set_up_and_run_by_two_clicks_on_a_server_that_nobody_has_used(visitor: Page, look: Look) -> None:
    visitor.get_by_role("button", name="Set up the demo").click()
    expect(visitor.get_by_role("heading", level=1, name="demo_shop")).to_be_visible()
    expect(visitor.get_by_role("button", name=re.compile("^Processor, anonymize"))).to_be_visible()
    expect(visitor.get_by_role("columnheader", name=re.compile("^order_id")).first).to_be_visible()
    look(visitor, "demo-pipeline")
    visitor.get_by_role("button", name="Run", exact=True).click()
    visitor.get_by_role("dialog").get_by_role("button", name="Run", exact=True).click()
    expect(visitor).to_have_url(re.compile(r"/runs/[0-9a-f-]{36}"))
    expect(visitor.locator("[data-status=succeeded]").first).to_be_visible(timeout=120_000)
    expect(visitor.get_by_role("link", name="Look at the rejected rows")).to_be_visible()
    expect(visitor.get_by_text("4.9K written")).to_be_visible()
    look(visitor, "demo-run")


def test_a_page_says_when_its_server_is_away_and_catches_up_by_itself(
    own: Running, visitor: Page, watch: Watch, look: Look
) -> None:
    watch.expect(GONE)
    (own.data / "few").mkdir()
    (own.data / "few" / "names.csv").write_text("id,name\n1,Ada\n2,Grace\n")
    with own.api() as api:
        api.put_connector("few", "files", {"url": str(own.data / "few")})
        api.put_connector("kept", "duckdb", {"path": str(own.data / "kept.duckdb")})
        api.put_pipeline("names", {"sources": ["few"], "destinations": ["kept"]})
        first = api.run("names")
        api("POST", "/schedules", {"name": "tick", "document": {"pipeline": "names", "every": "1s", "missed": "none"}})
    streams = EventStreams(visitor)
    visitor.goto(f"/runs/{first['id']}?tab=logs")
    expect(visitor.get_by_role("log")).to_contain_text("the run is succeeded")
    times = visitor.get_by_role("log").locator("time")
    with own.api() as api:
        lines = len(api("GET", f"/runs/{first['id']}/logs?level=info&limit=500")["items"])
    expect(times).to_have_count(lines)
    visitor.get_by_role("link", name="Runs", exact=True).first.click()
    table = visitor.get_by_role("table", name="Runs")
    expect(table.get_by_text("names").first).to_be_visible()

    wait_for_pages_at_hand(visitor)
    os.killpg(own.process.pid, signal.SIGKILL)
    own.process.wait()
    banner = visitor.get_by_text("No connection to the server.")
    expect(banner).to_be_visible()
    # What was there is still there, and other pages can be gone to.
    expect(table.get_by_text("names").first).to_be_visible()
    visitor.get_by_role("link", name="Schedules", exact=True).click()
    expect(visitor.get_by_role("alert")).to_contain_text("The server did not answer")
    look(visitor, "server-away")

    own.process = start(own.home, urlsplit(own.address).port or 0)
    wait_until_ready(own.address, own.process, own.home)
    expect(banner).to_have_count(0)
    expect(visitor.get_by_role("alert")).to_have_count(0)
    expect(visitor.get_by_role("row", name=re.compile("^tick"))).to_be_visible()
    streams.settle_at(1)

    visitor.get_by_role("link", name="tick").click()
    expect(visitor.get_by_role("table", name="All ticks of the month").get_by_text("Missed").first).to_be_visible()
    look(visitor, "schedule-missed", narrow=False)
    with own.api() as api:
        api("DELETE", "/schedules/tick")
        runs = api("GET", "/runs?pipeline=names&limit=500")["items"]
    visitor.goto(f"/runs/{first['id']}?tab=logs")
    expect(visitor.get_by_role("log")).to_contain_text("the run is succeeded")
    expect(times).to_have_count(lines)
    visitor.goto("/runs?pipeline=names&trigger=%5B%22api%22%2C%22manual%22%5D")
    expect(table.get_by_role("row")).to_have_count(1 + sum(run["trigger"] in {"api", "manual"} for run in runs))
