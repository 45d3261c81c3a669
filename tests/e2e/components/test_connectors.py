"""The pages of connectors: the catalog, the form, the test of a connection, streams with their rows and profiles."""

from __future__ import annotations

import re
import socket
from typing import Any

from e2e.components.conftest import MANY
from e2e.demo import Demo
from e2e.looking import Look
from e2e.running import Api
from e2e.watching import Watch
from playwright.sync_api import Page, expect
from real.postgres_server import ServerAddress

# Scrolls a hundred screens down, one after each drawn frame; answers the milliseconds between frames, sorted.
_SCROLL = """async (box) => {
  const gaps = [];
  let before = performance.now();
  for (let at = 0; at < 100; at += 1) {
    box.scrollTop += box.clientHeight;
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    gaps.push(now - before);
    before = now;
  }
  return gaps.sort((a, b) => a - b);
}"""


def test_the_catalog_is_searched_and_filtered_and_its_address_keeps_that(page: Page, look: Look) -> None:
    page.goto("/connectors/catalog")
    expect(page.get_by_role("link", name="PostgreSQL")).to_be_visible()
    look(page, "connector-catalog")
    page.get_by_role("searchbox", name="Search types").fill("duck")
    expect(page.get_by_role("link", name="PostgreSQL")).to_have_count(0)
    expect(page).to_have_url(re.compile("q=duck"))
    page.reload()
    expect(page.get_by_role("searchbox", name="Search types")).to_have_value("duck")
    page.get_by_role("searchbox", name="Search types").fill("no such thing")
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    page.get_by_role("button", name="Clear search").click()
    page.get_by_text("Files", exact=True).first.click()
    expect(page.get_by_role("link", name="PostgreSQL")).to_have_count(0)
    page.get_by_role("main").get_by_role("link", name=re.compile("^Files")).click()
    expect(page.get_by_role("heading", level=1, name="New Files connector")).to_be_visible()


def test_a_form_says_at_once_what_is_wrong_and_keeps_a_secret(
    page: Page, api: Api, postgres: ServerAddress, look: Look, watch: Watch
) -> None:
    page.goto("/connectors/new?type=postgres")
    name, host, port = (page.get_by_label(re.compile(rf"^{label}")).first for label in ("Name", "Host", "Port"))
    port.fill("99999")
    port.blur()
    expect(page.get_by_text("Must be at most 65,535")).to_be_visible()
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="need attention")).to_be_visible()
    look(page, "connector-form-wrong")

    name.fill("orders.db")
    host.fill(postgres.host)
    port.fill(str(postgres.port))
    page.get_by_label(re.compile("^Database")).fill("postgres")
    page.get_by_label(re.compile("^User")).fill(postgres.user)
    password = page.locator("input[autocomplete=new-password]").first
    expect(password).to_have_attribute("type", "password")
    password.fill(postgres.password)
    page.get_by_role("button", name="Test connection").click()
    expect(page.get_by_text(re.compile("^Source and destination answered in"))).to_be_visible()
    look(page, "connector-form-tested")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page).to_have_url(re.compile(r"/connectors/orders\.db$"))

    # A name may hold a dot, and its page can be loaded again.
    page.goto("/connectors/orders.db?tab=settings")
    expect(page.get_by_text("Stored, and not shown")).to_be_visible()
    assert postgres.password not in page.content()
    saved: dict[str, Any] = api("GET", "/connectors/orders.db")
    assert "password" in saved["secrets"]
    assert "password" not in saved["config"]


def test_a_connection_that_fails_says_why_and_what_to_do(page: Page, look: Look) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        page.goto("/connectors/new?type=postgres")
        page.get_by_label(re.compile("^Name")).first.fill("closed")
        page.get_by_label(re.compile("^Host")).first.fill("127.0.0.1")
        page.get_by_label(re.compile("^Port")).first.fill(str(nobody.getsockname()[1]))
        page.get_by_label(re.compile("^Database")).fill("shop")
        page.get_by_role("button", name="Test connection").click()
        expect(page.get_by_text("Source and destination did not work")).to_be_visible()
    expect(page.get_by_text("What to do:").first).to_be_visible()
    expect(page.get_by_text(re.compile("refused")).first).to_be_visible()
    look(page, "connector-check-failed")
    page.get_by_label(re.compile("^Host")).first.fill("localhost")
    expect(page.get_by_text("Source and destination did not work")).to_have_count(0)


def test_twenty_thousand_streams_scroll_as_twenty_do(page: Page, many: str, look: Look) -> None:
    page.goto(f"/connectors/{many}")
    expect(page.get_by_role("heading", name=f"{MANY:,} streams")).to_be_visible()
    streams = page.get_by_role("region", name="Streams")
    gaps: list[float] = streams.evaluate(_SCROLL)
    middle = gaps[len(gaps) // 2]
    assert middle < 100, f"half of the frames take {middle:.0f} ms or more"
    rows = streams.get_by_role("row").count()
    assert rows < 80, f"{rows} rows are in the page"
    look(page, "streams-many")

    page.get_by_role("searchbox", name="Search streams").fill("12345")
    expect(page.get_by_role("heading", name="1 stream", exact=True)).to_be_visible()
    page.get_by_role("button", name="area_25_table_12345").click()
    expect(page.get_by_role("cell", name="changed_at", exact=True)).to_be_visible()
    page.get_by_role("tab", name="Rows").click()
    expect(page.get_by_role("cell", name="the only row")).to_be_visible()
    page.get_by_role("searchbox", name="Search streams").fill("ledger")
    expect(page.get_by_role("heading", name="19 streams")).to_be_visible()
    look(page, "streams-long-names")


def test_a_stream_shows_its_columns_rows_and_what_they_hold(page: Page, demo: Demo, look: Look) -> None:
    page.goto(f"/connectors/{demo.source}")
    expect(page.get_by_text("Choose a stream")).to_be_visible()
    page.get_by_role("button", name=re.compile("^orders")).click()
    expect(page.get_by_role("cell", name="unit_price", exact=True)).to_be_visible()
    look(page, "stream-columns")
    page.get_by_role("tab", name="Rows").click()
    expect(page.get_by_role("region", name="First rows of orders").get_by_role("row")).to_have_count(51)
    look(page, "stream-rows")
    page.get_by_role("tab", name="Profile").click()
    expect(page.get_by_text(re.compile(r"^From [\d,]+ rows"))).to_be_visible()
    page.get_by_role("button", name=re.compile("^status")).click()
    expect(page.get_by_role("heading", name="Most frequent")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="shipped")).to_be_visible()
    look(page, "stream-profile")
    page.get_by_role("tab", name=re.compile("^Used by")).click()
    page.get_by_role("main").get_by_role("link", name=demo.pipeline, exact=True).click()
    expect(page).to_have_url(re.compile(f"/pipelines/{demo.pipeline}$"))


def test_what_a_pipeline_uses_is_not_deleted(page: Page, demo: Demo, look: Look, watch: Watch) -> None:
    watch.expect("status of 409")
    page.goto("/connectors")
    expect(page.get_by_role("link", name=demo.source)).to_be_visible()
    look(page, "connectors")
    page.goto(f"/connectors/{demo.source}?tab=settings")
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Delete").click()
    dialog = page.get_by_role("dialog")
    confirm = dialog.get_by_role("button", name="Delete")
    expect(confirm).to_be_disabled()
    dialog.get_by_label(re.compile("^Type")).fill(demo.source)
    confirm.click()
    expect(dialog.get_by_role("alert")).to_contain_text(demo.pipeline)
    look(page, "connector-delete-refused", narrow=False)
