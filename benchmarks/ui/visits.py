"""Visits to a page in a browser that has never seen it, and when it was there to be used."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page, StorageState, sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
QUIET_MS, WATCHED_MS, WAIT_MS = 1_000, 4_000, 30_000

# Installed before anything of the page: notes long tasks, and when the content that one came for first stands there.
_WATCH = """(content) => {
  window.seen = { long: [], content: null };
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) window.seen.long.push([startTime, startTime + duration]);
  }).observe({ type: "longtask", buffered: true });
  const look = () => {
    if (document.querySelector(content)) window.seen.content = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""
_SEEN = """() => {
  const scripts = performance.getEntriesByType("resource").filter(({ name }) => /\\.js$/.test(name));
  return {
    ...window.seen,
    painted: performance.getEntriesByName("first-contentful-paint")[0].startTime,
    scripts: scripts.map(({ responseEnd, encodedBodySize }) => [responseEnd, encodedBodySize]),
  };
}"""


@dataclass(frozen=True, slots=True)
class Visit:
    """Milliseconds since the address was entered. `script_kb`: gzipped script that had come by the time of `usable`."""

    painted: float
    content: float
    usable: float
    longest_task: float
    script_kb: float


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        browser.close()


def visit(browser: Browser, address: str, content: str, state: StorageState | None) -> Visit:
    """A context of its own has neither files nor compiled code of earlier visits. `content`: a CSS selector."""
    context = browser.new_context(viewport={"width": 1360, "height": 900}, storage_state=state)
    page = context.new_page()
    page.add_init_script(f"({_WATCH})({content!r})")
    page.goto(address)
    page.wait_for_function("() => window.seen.content !== null", timeout=WAIT_MS)
    page.wait_for_timeout(WATCHED_MS)
    seen: dict[str, Any] = page.evaluate(_SEEN)
    context.close()
    return read(seen)


def read(seen: dict[str, Any]) -> Visit:
    """Usable: the content stands there, and the last long task before a quiet second has ended."""
    usable = max(seen["painted"], seen["content"])
    for begin, end in sorted(seen["long"]):
        if begin > usable + QUIET_MS:
            break
        usable = max(usable, end)
    longest = max((end - begin for begin, end in seen["long"]), default=0.0)
    came = sum(size for end, size in seen["scripts"] if end <= usable)
    return Visit(seen["painted"], seen["content"], usable, longest, came / 1024)


def click_as_soon_as_it_is_there(browser: Browser, address: str, state: StorageState) -> float:
    """Milliseconds from the address being entered to the heading of another page, gone to by the navigation."""
    context = browser.new_context(viewport={"width": 1360, "height": 900}, storage_state=state)
    page = context.new_page()
    page.goto(address, wait_until="commit")
    page.get_by_role("link", name="Runs", exact=True).click()
    page.get_by_role("heading", level=1, name="Runs").wait_for()
    took = float(page.evaluate("() => performance.now()"))
    context.close()
    return took


def signed_in(browser: Browser, link: str) -> StorageState:
    context = browser.new_context()
    page: Page = context.new_page()
    page.goto(link)
    page.wait_for_url(re.compile(r"^(?!.*sign-in)"))
    state = context.storage_state()
    context.close()
    return state
