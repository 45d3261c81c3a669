"""What a run would do, runs of one stream and of everything again, versions, and where streams stand."""

from __future__ import annotations

import re

from e2e.demo import Demo
from e2e.looking import Look
from e2e.running import Api
from playwright.sync_api import Page, expect


def test_the_plan_says_how_surely_how_and_what_the_columns_become(page: Page, demo: Demo, look: Look) -> None:
    page.goto(f"/pipelines/{demo.pipeline}?tab=plan")
    head = page.get_by_role("button", name=re.compile("orders →"))
    expect(head).to_contain_text("merge")
    expect(head).to_contain_text("exactly once")
    head.click()
    panel = page.get_by_role("region", name=re.compile("orders →"))
    expect(panel.get_by_text("Done by the source")).to_be_visible()
    columns = panel.get_by_role("region", name="Columns after each step")
    expect(columns.get_by_role("row", name=re.compile("^unit_price")).get_by_text("changed")).to_be_visible()
    expect(columns.get_by_role("row", name=re.compile("^amount")).get_by_text("new", exact=True)).to_be_visible()
    expect(panel.get_by_role("textbox", name=re.compile("^SQL"))).to_contain_text("SELECT")
    look(page, "pipeline-plan")


def test_one_stream_runs_alone_and_everything_again_only_when_asked_twice(
    page: Page, pipeline: str, api: Api, look: Look
) -> None:
    page.goto(f"/pipelines/{pipeline}")
    page.get_by_role("button", name="Run", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Streams").click()
    page.get_by_role("option", name="customers").click()
    page.keyboard.press("Escape")
    look(page, "pipeline-run-dialog")
    dialog.get_by_role("button", name="Run", exact=True).click()
    expect(page).to_have_url(re.compile(r"/runs/[0-9a-f-]{36}"))
    expect(page.locator("[data-status=succeeded]").first).to_be_visible()
    run = api("GET", f"/runs/{page.url.rsplit('/', 1)[1].split('?')[0]}")
    assert [load["stream"] for load in run["report"]["loads"]] == ["customers"]

    page.goto(f"/pipelines/{pipeline}")
    page.get_by_role("button", name="Run", exact=True).click()
    dialog.get_by_role("switch", name=re.compile("^Full refresh")).click(force=True)
    start = dialog.get_by_role("button", name="Run", exact=True)
    expect(start).to_be_disabled()
    dialog.get_by_label(re.compile("^Type")).fill(pipeline)
    expect(start).to_be_enabled()
    look(page, "pipeline-full-refresh", narrow=False)
    start.click()
    expect(page).to_have_url(re.compile(r"/runs/[0-9a-f-]{36}"))
    run = api("GET", f"/runs/{page.url.rsplit('/', 1)[1].split('?')[0]}")
    assert run["parameters"]["full_refresh"] is True


def test_a_backfill_is_begun_in_the_menu_of_the_pipeline(page: Page, pipeline: str, api: Api, look: Look) -> None:
    schedule = f"{pipeline}_every_year"
    api("POST", "/schedules", {"name": schedule, "document": {"pipeline": pipeline, "cron": "0 4 1 1 *"}})
    page.goto(f"/pipelines/{pipeline}")
    page.get_by_role("button", name="More actions").click()
    look(page, "pipeline-menu", narrow=False)
    page.get_by_role("menuitem", name=f"Backfill starts of {schedule}").click()
    dialog = page.get_by_role("dialog", name=f"Backfill {schedule}")
    dialog.get_by_label("From").fill("2024-01-01")
    dialog.get_by_label("Until").fill("2025-12-31")
    dialog.get_by_role("button", name="Show what would run").click()
    expect(dialog.get_by_text("2 runs would begin")).to_be_visible()
    # Another span has to be looked at first.
    dialog.get_by_label("Until").fill("2026-01-01")
    expect(dialog.get_by_role("button", name=re.compile("^Begin"))).to_be_disabled()
    dialog.get_by_role("button", name="Show what would run").click()
    dialog.get_by_role("button", name="Begin 3 runs").click()
    expect(dialog).to_have_count(0)
    expect(page).not_to_have_url(re.compile("backfill"))
    page.get_by_role("link", name="Its runs").click()
    runs = page.get_by_role("table", name="Runs")
    expect(runs.get_by_text("Succeeded")).to_have_count(3)
    made = api("GET", f"/runs?pipeline={pipeline}")["items"]
    assert [run["trigger"] for run in made] == ["backfill"] * 3
    api("DELETE", f"/schedules/{schedule}")


def test_versions_are_compared_and_an_old_one_comes_back(page: Page, pipeline: str, api: Api, look: Look) -> None:
    document = api("GET", f"/pipelines/{pipeline}")["document"]
    api.put_pipeline(pipeline, {**document, "description": "with a description"})
    page.goto(f"/pipelines/{pipeline}?tab=versions")
    expect(page.get_by_text("+description: with a description")).to_be_visible()
    look(page, "pipeline-versions")
    page.get_by_role("row", name=re.compile("^1")).click()
    page.get_by_role("button", name="Go back to this version").click()
    expect(page.get_by_text("Version 1 is current again")).to_be_visible()
    saved = api("GET", f"/pipelines/{pipeline}")
    assert "description" not in saved["document"]
    assert saved["version"] == 3
    page.get_by_role("tab", name="Edit").click()
    page.get_by_role("button", name="Pipeline settings").click()
    expect(page.get_by_label("Description")).to_have_value("")


def test_where_a_stream_stands_is_changed_only_with_care(page: Page, demo: Demo, api: Api, look: Look) -> None:
    page.goto(f"/pipelines/{demo.pipeline}?tab=state")
    row = page.get_by_role("row", name=re.compile("^orders"))
    expect(row).to_contain_text("updated_at = 2026-")
    look(page, "pipeline-state")
    row.get_by_role("button", name="Edit").click()
    dialog = page.get_by_role("dialog")
    box = dialog.get_by_label("Checkpoint as JSON")
    now = box.input_value()
    box.fill("{ no json")
    expect(dialog.get_by_text("This is not JSON.")).to_be_visible()
    expect(dialog.get_by_role("button", name="Change checkpoint")).to_be_disabled()
    box.fill(re.sub(r"\d{4}-\d\d-\d\d", "2026-02-01", now))
    look(page, "pipeline-state-edit")
    dialog.get_by_role("button", name="Change checkpoint").click()
    confirm = dialog.get_by_role("button", name="Change checkpoint")
    expect(confirm).to_be_disabled()
    dialog.get_by_label("Type orders to confirm").fill("orders")
    confirm.click()
    expect(page.get_by_role("row", name=re.compile("^orders"))).to_contain_text("2026-02-01")
    expect(page.get_by_role("dialog")).to_have_count(0)
    run = api.run(demo.pipeline, streams=["orders"])
    assert run["status"] == "succeeded"
    assert run["rows"]["read"] > 1000, "rows from the earlier checkpoint on are read again"


def test_the_list_is_searched_and_runs_a_pipeline_at_once(page: Page, demo: Demo, pipeline: str, look: Look) -> None:
    page.goto("/pipelines")
    expect(page.get_by_role("link", name=demo.pipeline, exact=True)).to_be_visible()
    look(page, "pipelines")
    page.get_by_role("searchbox", name="Search pipelines").fill(pipeline)
    expect(page.get_by_role("link", name=demo.pipeline, exact=True)).to_have_count(0)
    page.get_by_role("button", name=f"Run {pipeline}").click()
    expect(page.get_by_text(f"A run of {pipeline} has begun")).to_be_visible()
    expect(page.locator("[data-status=succeeded]").first).to_be_visible()
