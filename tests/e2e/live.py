"""What moves on a page: figures that rise, and the event streams that a page holds."""

from __future__ import annotations

import re
import time

from e2e.running import Api
from playwright.sync_api import Locator, Page, Request

RISES_WITHIN_S, TICKED_WITHIN_S, SETTLED_WITHIN_S = 30, 30, 30
# The page says so itself (frontend/src/features/shell/app-frame.tsx).
_PAGES_AT_HAND = "() => performance.getEntriesByName('headwater:pages-at-hand').length > 0"


def wait_for_pages_at_hand(page: Page) -> None:
    """Until one can go to any page without the server."""
    page.wait_for_function(_PAGES_AT_HAND, polling=100)


def number_in(text: str) -> int:
    found = re.search(r"\d[\d,]*", text)
    return 0 if found is None else int(found.group().replace(",", ""))


def rises(figure: Locator) -> tuple[int, int]:
    """Two readings of a figure, the second larger than the first, which is larger than nothing."""
    deadline, first = time.monotonic() + RISES_WITHIN_S, 0
    while time.monotonic() < deadline:
        now = number_in(figure.inner_text())
        if first and now > first:
            return first, now
        first = first or now
        figure.page.wait_for_timeout(50)
    raise AssertionError(f"the figure stays at {first}")


def cancel_all(api: Api, pipeline: str) -> None:
    """Asks for the end of every run of a pipeline that is not over."""
    query = "&".join(f"status={status}" for status in ("queued", "running", "retrying"))
    live = api("GET", f"/runs?pipeline={pipeline}&{query}&limit=500")["items"]
    if live:
        api("POST", "/runs/cancel", {"ids": [run["id"] for run in live]})


def ticks_of(api: Api, schedule: str, wanted: set[str]) -> set[str]:
    """The states of its ticks, once all that are wanted are among them."""
    deadline, states = time.monotonic() + TICKED_WITHIN_S, set[str]()
    while not wanted <= states and time.monotonic() < deadline:
        time.sleep(0.2)
        states = {tick["state"] for tick in api("GET", f"/schedules/{schedule}/ticks")["items"]}
    return states


class EventStreams:
    """Counts the event streams that a page has open."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.open: set[Request] = set()
        page.on("request", self._begun)
        page.on("requestfailed", self._ended)
        page.on("requestfinished", self._ended)

    def settle_at(self, count: int) -> None:
        """Another page may have another stream: the old one ends and the new one begins in their own time."""
        deadline = time.monotonic() + SETTLED_WITHIN_S
        while len(self.open) != count and time.monotonic() < deadline:
            self._page.wait_for_timeout(50)
        assert len(self.open) == count, f"{len(self.open)} event streams are open, and not {count}"

    def _ended(self, request: Request) -> None:
        self.open.discard(request)

    def _begun(self, request: Request) -> None:
        if "/api/events" in request.url:
            self.open.add(request)
