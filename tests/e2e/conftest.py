"""One server and one browser for all tests here; each test has a page of its own, signed in or not.

Chromium is Debian's (`apt-get install chromium`); the web UI must have been built (`make ui`). The newcomer's journey
goes first: it is about a server that nobody has used.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from e2e import demo as demo_of_shop
from e2e.demo import Demo
from e2e.looking import Look
from e2e.running import Api, Running, serving
from e2e.watching import Watch
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WAIT_MS = 30_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: "journey" not in item.path.parts)


@pytest.fixture(scope="session")
def server() -> Iterator[Running]:
    with serving() as running:
        yield running


@pytest.fixture(scope="session")
def api(server: Running) -> Iterator[Api]:
    with server.api() as api:
        yield api


@pytest.fixture(scope="session")
def demo(server: Running, api: Api) -> Demo:
    """The example's shop, run once."""
    return demo_of_shop.set_up(server, api)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or pytest.fail("there is no chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def session(server: Running, browser: Browser) -> StorageState:
    """The cookies of a signed-in administrator."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(server.sign_in_link())
    # The door has a heading, too.
    expect(page).not_to_have_url(re.compile("sign-in"), timeout=WAIT_MS)
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=WAIT_MS)
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def watch() -> Watch:
    """What the pages of this test complain about; unexpected complaints fail it at its end."""
    return Watch()


@pytest.fixture
def stranger(server: Running, browser: Browser, watch: Watch) -> Iterator[Page]:
    """A page of somebody who has not signed in."""
    with _context(browser, server, watch, None) as context:
        yield context.new_page()


@pytest.fixture
def page(server: Running, browser: Browser, session: StorageState, watch: Watch) -> Iterator[Page]:
    """A page of the signed-in administrator; `page.goto` takes paths."""
    with _context(browser, server, watch, session) as context:
        yield context.new_page()


@contextmanager
def _context(browser: Browser, server: Running, watch: Watch, state: StorageState | None) -> Iterator[BrowserContext]:
    context = browser.new_context(
        base_url=server.address,
        viewport={"width": 1360, "height": 900},
        color_scheme="light",
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="Europe/Berlin",
        permissions=["clipboard-read", "clipboard-write"],
        storage_state=state,
    )
    context.set_default_timeout(WAIT_MS)
    expect.set_options(timeout=WAIT_MS)
    watch.listen(context)
    yield context
    context.close()
    assert not watch.complaints(), "\n".join(watch.complaints())


@pytest.fixture(scope="session")
def look() -> Look:
    """Judges a page (WCAG, 390 px) and keeps pictures of it when somebody wants to look at them."""
    return Look()
