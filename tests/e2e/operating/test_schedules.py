"""When pipelines run by themselves: made, explained, seen in a calendar, made up for, paused."""

from __future__ import annotations

import re

from e2e.demo import Demo
from e2e.live import cancel_all, ticks_of
from e2e.looking import Look
from e2e.running import Api
from e2e.watching import Watch
from playwright.sync_api import Page, expect


def test_a_schedule_says_in_words_what_it_means_before_it_is_saved(
    page: Page, demo: Demo, watch: Watch, look: Look
) -> None:
    watch.expect("status of 422")
    page.goto(f"/schedules/new?pipeline={demo.pipeline}")
    means = page.locator("section").filter(has=page.get_by_role("heading", name="In plain words"))
    expect(means).to_contain_text("At 02:00 every day")
    # The zone of the reader's browser is what a schedule begins with.
    expect(page.get_by_role("combobox", name="Time zone")).to_have_value("Europe/Berlin")
    page.get_by_role("combobox", name="Presets").click()
    page.get_by_role("option", name="Every week").click()
    page.get_by_role("combobox", name="Day of the week").click()
    page.get_by_role("option", name="Friday").click()
    page.get_by_label("At", exact=True).fill("18:30")
    expect(page.get_by_label("Cron", exact=True)).to_have_value("30 18 * * 5")
    expect(means).to_contain_text(re.compile("18:30.*Friday"))
    expect(means.get_by_role("listitem")).to_have_count(10)
    look(page, "schedule-new")
    page.get_by_label("Cron", exact=True).fill("61 * * * *")
    expect(means.get_by_role("alert")).to_contain_text("cron")
    look(page, "schedule-wrong", narrow=False)
    page.get_by_label("Cron", exact=True).fill("0 6 1 * *")
    expect(page.get_by_label("Day of the month")).to_have_value("1")
    page.get_by_label("Name", exact=True).fill("monthly_report")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page).to_have_url(re.compile("/schedules/monthly_report"))
    expect(page.get_by_role("heading", name="monthly_report")).to_be_visible()

    page.goto("/schedules")
    row = page.get_by_role("row", name=re.compile("^monthly_report"))
    row.get_by_role("button", name="Pause monthly_report").click()
    expect(row.get_by_text("Paused")).to_be_visible()
    look(page, "schedules")
    row.get_by_role("button", name="Resume monthly_report").click()
    expect(row.get_by_role("button", name="Pause monthly_report")).to_be_visible()


def test_the_calendar_tells_what_became_of_each_tick_and_why(page: Page, slow: str, api: Api, look: Look) -> None:
    schedule = api(
        "POST", "/schedules", {"name": "often", "document": {"pipeline": slow, "every": "2s", "timezone": "Asia/Tokyo"}}
    )
    states = ticks_of(api, schedule["id"], {"fired", "skipped"})
    assert {"fired", "skipped"} <= states
    api("POST", f"/schedules/{schedule['id']}/pause")
    cancel_all(api, slow)
    page.goto("/schedules/often")
    table = page.get_by_role("table", name="All ticks of the month")
    expect(table.get_by_text("Fired").first).to_be_visible()
    skipped = table.get_by_role("row", name=re.compile("Skipped")).first
    expect(skipped.get_by_role("cell").nth(2)).not_to_be_empty()
    page.get_by_role("button", name=re.compile(r"\d+ Fired, \d+ Skipped")).click()
    expect(page).to_have_url(re.compile(r"day=\d{4}-\d\d-\d\d"))
    look(page, "schedule-calendar")
    table.get_by_role("link", name="Open the run").first.click()
    expect(page).to_have_url(re.compile("/runs/"))
    page.goto("/schedules/often")
    page.get_by_role("link", name="Its runs").click()
    expect(page.get_by_role("table", name="Runs").get_by_text("often").first).to_be_visible()
    api("DELETE", f"/schedules/{schedule['id']}")


def test_a_backfill_shows_what_it_would_run_first(page: Page, demo: Demo, api: Api, look: Look) -> None:
    document = {"pipeline": demo.pipeline, "cron": "0 3 * * *", "timezone": "America/New_York"}
    schedule = api("POST", "/schedules", {"name": "early", "document": document})
    page.goto("/schedules/early")
    page.get_by_role("button", name="Backfill", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("From").fill("2026-03-07")
    dialog.get_by_label("Until").fill("2026-03-08")
    dialog.get_by_role("button", name="Show what would run").click()
    # Both days, the last included, in the schedule's own zone; on the second the clocks changed.
    expect(dialog.get_by_text("2 runs would begin")).to_be_visible()
    expect(dialog.get_by_role("listitem").first).to_have_text(re.compile("Mar 7, 2026, 03:00"))
    expect(dialog.get_by_role("listitem").last).to_have_text(re.compile("Mar 8, 2026, 03:00"))
    look(page, "schedule-backfill")
    dialog.get_by_role("button", name="Begin 2 runs").click()
    expect(page.get_by_text("2 runs have begun")).to_be_visible()
    made = api("GET", f"/runs?schedule={schedule['id']}")["items"]
    assert [run["trigger"] for run in made] == ["backfill", "backfill"]
    cancel_all(api, demo.pipeline)
    api("DELETE", f"/schedules/{schedule['id']}")
