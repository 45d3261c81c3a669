"""The way to a new pipeline, question by question, with a connector that was missing made on the way."""

from __future__ import annotations

import re

from e2e.demo import Demo
from e2e.looking import Look
from e2e.running import Api
from e2e.watching import Watch
from playwright.sync_api import Page, expect


def test_a_connector_that_is_missing_is_made_on_the_way(
    page: Page, demo: Demo, api: Api, look: Look, watch: Watch
) -> None:
    # A step that is still being written is looked at too, and refused.
    watch.expect("status of 422 .*/pipelines/preview")

    def go_on() -> None:
        page.get_by_role("button", name="Next", exact=True).click()

    page.goto("/pipelines/new")
    expect(page.get_by_role("heading", name="Where do the rows come from?")).to_be_visible()
    look(page, "create-source")
    page.get_by_role("button", name=re.compile(f"^{demo.source}")).click()
    # All are read, unless some are left out.
    for other in ("customers", "orders"):
        page.get_by_label(other, exact=True).uncheck()
    look(page, "create-streams")
    go_on()
    page.get_by_role("button", name=re.compile("^Derive")).click()
    expect(page.get_by_role("heading", name="Processor: derive")).to_be_visible()
    look(page, "create-processors")
    page.get_by_role("combobox", name="New name in Columns").fill("label")
    page.get_by_role("combobox", name="New name in Columns").press("Enter")
    page.get_by_role("textbox", name=re.compile("^label")).first.fill("upper(title)")
    expect(page.get_by_role("columnheader", name=re.compile("^label"))).to_be_visible()
    go_on()
    page.get_by_role("link", name="New connector").click()
    page.get_by_role("main").get_by_role("link", name=re.compile("^DuckDB")).click()
    page.get_by_label(re.compile("^Name")).first.fill("made_on_the_way")
    page.get_by_label(re.compile("^File")).first.fill("made_on_the_way.duckdb")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="New pipeline")).to_be_visible()
    expect(page.get_by_role("heading", name="Where do the rows come from?")).to_be_visible()
    page.get_by_role("button", name=re.compile("Destination$")).click()
    page.get_by_role("button", name=re.compile("^made_on_the_way")).click()
    look(page, "create-destination")
    go_on()
    expect(page.get_by_role("columnheader", name=re.compile("^label"))).to_be_visible()
    go_on()
    page.get_by_label("Name", exact=True).fill("made_on_the_way")
    look(page, "create-save")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page).to_have_url(re.compile("/pipelines/made_on_the_way"))
    document = api("GET", "/pipelines/made_on_the_way")["document"]
    assert document["sources"][0]["streams"] == [{"name": "*", "exclude": ["customers", "orders"]}]
    assert document["processors"] == [{"type": "derive", "config": {"columns": {"label": "upper(title)"}}}]
