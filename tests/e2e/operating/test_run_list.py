"""The list of runs: filters that stand in the address, and what is done with several runs at once."""

from __future__ import annotations

import re
from typing import Any

from e2e.demo import Demo
from e2e.live import cancel_all
from e2e.looking import Look
from e2e.running import Api
from playwright.sync_api import Page, expect


def test_filters_stand_in_the_address_and_outlive_a_reload(
    page: Page, failed: dict[str, Any], demo: Demo, api: Api, look: Look
) -> None:
    api.run(demo.pipeline)
    page.goto("/runs")
    table = page.get_by_role("table", name="Runs")
    expect(table.get_by_title(demo.pipeline, exact=True).first).to_be_visible()
    look(page, "runs")
    page.get_by_role("combobox", name="Status").click()
    page.get_by_role("option", name="Failed").click()
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("status="))
    expect(table.get_by_title(demo.pipeline, exact=True)).to_have_count(0)
    page.reload()
    expect(table.get_by_text(failed["pipeline"]["name"]).first).to_be_visible()
    expect(table.get_by_title(demo.pipeline, exact=True)).to_have_count(0)

    page.get_by_role("searchbox", name="Search runs").fill("no such pipeline")
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    look(page, "runs-none")
    page.get_by_role("button", name="Clear filters").click()
    expect(table.get_by_title(demo.pipeline, exact=True).first).to_be_visible()
    assert "status" not in page.url


def test_several_runs_are_cancelled_and_tried_again_at_once(page: Page, slow: str, api: Api, look: Look) -> None:
    for _ in range(3):
        api("POST", f"/pipelines/{slow}/run", {})
    page.goto(f"/runs?pipeline={slow}")
    table = page.get_by_role("table", name="Runs")
    expect(table.get_by_text(re.compile("Queued|Running"))).to_have_count(3)
    for number in (1, 2, 3):
        page.get_by_role("checkbox", name=f"Select row {number}").check()
    bar = page.get_by_role("toolbar", name="3 selected")
    look(page, "runs-selected")
    bar.get_by_role("button", name="Cancel 3").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("destinations keep what they had")).to_be_visible()
    dialog.get_by_role("button", name="Cancel 3 runs").click()
    expect(page.get_by_text("3 runs are being cancelled")).to_be_visible()
    expect(table.get_by_text(re.compile("Queued|Running|Cancelling"))).to_have_count(0)

    for number in (1, 2):
        page.get_by_role("checkbox", name=f"Select row {number}").check()
    page.get_by_role("button", name="Retry 2").click()
    expect(page.get_by_text("2 runs have begun again")).to_be_visible()
    expect(table.get_by_text(re.compile("Queued|Running"))).to_have_count(2)
    cancel_all(api, slow)
    expect(table.get_by_text(re.compile("Queued|Running|Cancelling"))).to_have_count(0)


def test_two_runs_are_held_against_each_other(
    page: Page, failed: dict[str, Any], demo: Demo, api: Api, look: Look
) -> None:
    page.goto(f"/runs?q={failed['pipeline']['name'][:20]}&status=%5B%22failed%22%5D")
    expect(page.get_by_role("table", name="Runs")).to_be_visible()
    page.goto(f"/runs/compare?a={demo.run['id']}&b={failed['id']}")
    figures = page.get_by_role("table", name="Figures")
    rejected = figures.get_by_role("row", name=re.compile("^Rejected"))
    change = failed["rows"]["rejected"] - demo.run["rows"]["rejected"]
    expect(rejected.get_by_role("cell").last).to_have_text(f"+{change:,}")
    expect(page.get_by_role("textbox", name=re.compile("^Run A"))).to_contain_text("sources")
    look(page, "runs-compare")
