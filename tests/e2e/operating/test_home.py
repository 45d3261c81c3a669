"""The first page: what runs, what failed and what to do about it, how pipelines have been, and what comes next."""

from __future__ import annotations

import re
from typing import Any

from e2e.demo import Demo
from e2e.live import cancel_all, rises
from e2e.looking import Look
from e2e.running import Api
from playwright.sync_api import Locator, Page, expect


def panel(page: Page, title: str) -> Locator:
    return page.locator("section").filter(has=page.get_by_role("heading", name=title, exact=True))


def test_a_run_is_followed_from_the_first_page_and_cancelled_after_a_question(
    page: Page, slow: str, demo: Demo, api: Api
) -> None:
    for pipeline in (slow, demo.pipeline):
        cancel_all(api, pipeline)
    run = api("POST", f"/pipelines/{slow}/run", {})
    page.goto("/")
    running = panel(page, "Running now")
    expect(running.get_by_role("link", name=slow)).to_be_visible()
    rises(running.get_by_text("rows read"))
    running.get_by_role("button", name=f"Cancel {slow}").click()
    page.get_by_role("dialog").get_by_role("button", name="Let it go on").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    running.get_by_role("button", name=f"Cancel {slow}").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel 1 run").click()
    expect(running.get_by_text("Nothing runs at the moment.")).to_be_visible()
    assert api("GET", f"/runs/{run['id']}")["status"] == "cancelled"


def test_what_failed_says_why_and_what_to_do_until_it_is_made_good(
    page: Page, failed: dict[str, Any], demo: Demo, api: Api, look: Look
) -> None:
    name = failed["pipeline"]["name"]
    page.goto("/")
    attention = panel(page, "Needs attention")
    # However often it failed, a pipeline stands here once.
    expect(attention.get_by_role("link", name=name)).to_have_count(1)
    expect(attention.get_by_text(failed["error"]["message"])).to_be_visible()
    expect(attention.get_by_text(failed["error"]["code"])).to_be_visible()
    expect(page.get_by_text(re.compile(r"rejected rows wait for a decision"))).to_be_visible()
    look(page, "home")
    attention.get_by_role("link", name="See why").click()
    expect(page).to_have_url(re.compile(failed["id"]))

    page.goto("/")
    attention.get_by_role("button", name=f"Retry {name}").click()
    expect(page.get_by_text(f"{name} runs again")).to_be_visible()


def test_a_bar_of_a_pipelines_health_leads_to_its_run_by_mouse_and_by_keyboard(page: Page, demo: Demo) -> None:
    page.goto("/")
    bars = page.get_by_role("toolbar", name=f"Last runs of {demo.pipeline}, oldest first")
    bar = bars.get_by_role("link").last
    expect(bar).to_have_attribute("aria-label", re.compile("^Succeeded"))
    bar.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/runs/[0-9a-f-]{36}"))


def test_the_period_stands_in_the_address(page: Page, demo: Demo) -> None:
    page.goto("/")
    page.get_by_text("30 days", exact=True).first.click()
    expect(page).to_have_url(re.compile("days=30"))
    page.reload()
    expect(page.get_by_role("radio", name="30 days")).to_be_checked()
