"""One run: as it flows, as it ended and why, with its log and its proof."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from e2e.demo import Demo
from e2e.live import EventStreams, rises
from e2e.looking import Look
from e2e.running import Api
from playwright.sync_api import Page, expect


def test_a_run_is_seen_flowing_on_one_connection(
    page: Page, slow: str, hurry: Callable[[], None], api: Api, look: Look
) -> None:
    streams = EventStreams(page)
    run = api("POST", f"/pipelines/{slow}/run", {})
    page.goto(f"/runs/{run['id']}")
    line = page.get_by_role("table", name="Loads").get_by_role("row", name=re.compile("^readings"))
    rises(line.get_by_role("cell").nth(3))
    expect(page.locator(".react-flow__edge-textwrapper, .react-flow__edgelabel-renderer").first).to_contain_text("read")
    look.shoot(page, "run-flowing")
    page.get_by_role("tab", name="Timeline").click()
    expect(page.get_by_role("img", name=re.compile("read, attempt 1, Running"))).to_be_visible()
    page.get_by_role("tab", name="Logs").click()
    log = page.get_by_role("log")
    expect(log).to_contain_text("readings reading begins")
    expect(page.get_by_role("switch", name="Follow")).to_be_checked()
    hurry()
    expect(page.locator("[data-status=succeeded]").first).to_be_visible()
    # The last line came in over the event stream; no line stands there twice.
    expect(log).to_contain_text("the run is succeeded")
    lines = len(api("GET", f"/runs/{run['id']}/logs?level=info&limit=500")["items"])
    expect(log.locator("time")).to_have_count(lines)
    streams.settle_at(1)
    look(page, "run-log")


def test_a_failed_run_shows_cause_place_first_bad_row_and_leads_to_its_error(
    page: Page, failed: dict[str, Any], look: Look
) -> None:
    page.goto(f"/runs/{failed['id']}")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("orders → shop_warehouse")
    expect(alert).to_contain_text("What to do")
    expect(alert).to_contain_text("First bad values: orders.status")
    expect(alert).to_contain_text("quality: status is not one of paid, shipped")
    look(page, "run-failed")
    alert.get_by_role("link", name="See the rows in a preview").click()
    expect(page.get_by_text(re.compile(r"\d+ (or more )?rejected")).first).to_be_visible()
    page.go_back()
    alert.get_by_role("button", name="Go to the first error in the log").click()
    marked = page.locator("[data-marked]")
    expect(marked).to_be_in_viewport()
    expect(marked).to_have_attribute("data-level", "error")
    expect(page).to_have_url(re.compile(r"line=\d+"))
    page.reload()
    expect(marked).to_be_in_viewport()

    page.get_by_role("combobox", name="Level").click()
    page.get_by_role("option", name="Errors", exact=True).click()
    expect(page).to_have_url(re.compile("level=error"))
    expect(page.get_by_role("log").locator("[data-level=info]")).to_have_count(0)
    page.get_by_role("searchbox", name="Search the log").fill("nothing says this")
    expect(page.get_by_text("No line matches")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert "orders" in download.value.path().read_text()


def test_a_run_proves_what_it_did(page: Page, demo: Demo, look: Look) -> None:
    page.goto(f"/runs/{demo.run['id']}")
    expect(page.get_by_role("link", name="Look at the rejected rows")).to_be_visible()
    look(page, "run")
    page.get_by_role("tab", name="Timeline").click()
    expect(page.get_by_role("table", name="Streams and attempts over time")).to_be_visible()
    look(page, "run-timeline")
    page.get_by_role("tab", name=re.compile("^Checks")).click()
    page.get_by_role("switch", name="Only broken").check(force=True)
    expect(page.get_by_text(re.compile("For example|Sample")).first).to_be_visible()
    look(page, "run-checks")
    page.get_by_role("tab", name="Schema").click()
    expect(page.get_by_role("tabpanel", name="Schema")).to_be_visible()
    look(page, "run-schema")
    page.get_by_role("tab", name="Proof").click()
    expect(page.get_by_text("balanced").first).to_be_visible()
    look(page, "run-proof")
    page.get_by_role("tab", name="Resources").click()
    expect(page.get_by_role("cell", name=re.compile("MB$"))).to_be_visible()
    look(page, "run-resources")
    page.get_by_role("tab", name="Document").click()
    expect(page.get_by_role("textbox", name="Document")).to_contain_text("sources")
    look(page, "run-document")
