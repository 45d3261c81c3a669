"""What is around every page: the palette, the keyboard, one event stream, slow lines."""

from __future__ import annotations

import re

from e2e.demo import Demo
from e2e.live import EventStreams, wait_for_pages_at_hand
from e2e.looking import Look
from e2e.running import Api
from playwright.sync_api import CDPSession, Page, expect

# What moved without anybody having touched the page a moment before; the sum is what Web Vitals calls CLS.
_SHIFTS = """() => { window.shifted = 0; new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift" }); }"""


def slow_line(page: Page) -> CDPSession:
    session = page.context.new_cdp_session(page)
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 1_200, "downloadThroughput": 60_000, "uploadThroughput": 60_000},
    )
    return session


def test_the_palette_finds_pages_and_names_by_keyboard_alone(page: Page, demo: Demo, look: Look) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", name="Home")).to_be_visible()
    page.keyboard.press("Control+k")
    box = page.get_by_role("dialog").get_by_label("Search or jump to")
    expect(box).to_be_focused()
    look(page, "palette", narrow=False)
    page.keyboard.type(demo.warehouse)
    expect(page.get_by_role("dialog").get_by_text(demo.warehouse)).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/connectors/{demo.warehouse}"))
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Control+k")
    expect(box).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_first_stop_of_the_keyboard_skips_the_navigation(page: Page) -> None:
    page.goto("/runs")
    expect(page.get_by_role("heading", name="Runs")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()


def test_the_colour_scheme_is_chosen_in_the_menu_and_stays(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Account").click()
    page.get_by_role("menuitemradio", name="Dark").click()
    expect(page.locator("html[data-mantine-color-scheme=dark]")).to_have_count(1)
    page.reload()
    expect(page.locator("html[data-mantine-color-scheme=dark]")).to_have_count(1)


def test_a_tab_holds_one_event_stream_wherever_it_goes(page: Page, demo: Demo) -> None:
    streams = EventStreams(page)
    page.goto("/")
    expect(page.get_by_role("heading", name="Home")).to_be_visible()
    run = f"/runs/{demo.run['id']}"
    pages = {run: "shop", f"{run}?tab=logs": "shop", "/runs": "Runs", "/schedules": "Schedules"}
    for path, title in pages.items():
        page.evaluate("(path) => history.pushState(null, '', path)", path)
        page.evaluate("() => dispatchEvent(new PopStateEvent('popstate'))")
        expect(page.get_by_role("heading", level=1, name=re.compile(title))).to_be_visible()
    streams.settle_at(1)


def test_on_a_slow_line_grey_bars_stand_in_nothing_jumps_and_a_second_click_does_nothing(
    page: Page, demo: Demo, api: Api, look: Look
) -> None:
    page.goto("/settings")
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()
    wait_for_pages_at_hand(page)
    slow_line(page)
    page.evaluate(_SHIFTS)
    page.get_by_role("link", name="Runs", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Loading")).to_be_visible()
    look.shoot(page, "slow-runs")
    expect(page.get_by_role("table", name="Runs")).to_be_visible()
    assert page.evaluate("() => window.shifted") < 0.1

    page.goto(f"/pipelines/{demo.pipeline}")
    before = len(api("GET", f"/runs?pipeline={demo.pipeline}&limit=500")["items"])
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Run", exact=True).dblclick()
    expect(page).to_have_url(re.compile(r"/runs/[0-9a-f-]{36}"))
    assert len(api("GET", f"/runs?pipeline={demo.pipeline}&limit=500")["items"]) == before + 1
