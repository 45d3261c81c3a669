"""The pages of processors: the catalog, the form beside its documentation, a trial on real rows, the SQL of engines."""

from __future__ import annotations

import re

from e2e.demo import Demo
from e2e.looking import Look
from e2e.running import Api
from playwright.sync_api import Page, expect


def test_the_catalog_leads_to_the_form_with_its_documentation_beside(page: Page, look: Look) -> None:
    page.goto("/processors/catalog")
    expect(page.get_by_role("link", name="Anonymize")).to_be_visible()
    look(page, "processor-catalog")
    page.get_by_text("Quality", exact=True).first.click()
    expect(page.get_by_role("link", name="Anonymize")).to_have_count(0)
    page.get_by_role("searchbox", name="Search types").fill("rules")
    page.get_by_role("main").get_by_role("link", name=re.compile("^Quality")).first.click()
    docs = page.get_by_role("complementary", name="Documentation")
    expect(docs.get_by_text("max_rejected").first).to_be_visible()
    look(page, "processor-form-quality")


def test_a_trial_shows_before_and_after_with_the_changed_cells_and_the_sql(page: Page, demo: Demo, look: Look) -> None:
    page.goto(f"/processors/new?type=anonymize&connector={demo.source}&stream=customers")
    page.get_by_role("combobox", name="New name in Columns").fill("email")
    page.get_by_role("combobox", name="New name in Columns").press("Enter")
    method = page.get_by_role("combobox", name=re.compile("^email"))
    method.click()
    page.get_by_role("option", name=re.compile("^mask", re.IGNORECASE)).first.click()
    page.get_by_role("button", name="Try it").click()
    after = page.get_by_role("region", name="After")
    expect(after.get_by_role("cell", name=re.compile("^changed: ")).first).to_be_visible()
    expect(after.get_by_text("@example.com")).to_have_count(0)
    look(page, "processor-try-after")
    page.get_by_role("tab", name=re.compile("^Before")).click()
    expect(page.get_by_role("region", name="Before").get_by_text(re.compile("@example")).first).to_be_visible()
    page.get_by_role("tab", name="SQL").click()
    expect(page.get_by_role("textbox", name="SQL on Local (DuckDB)")).to_contain_text("SELECT")
    expect(page.get_by_role("textbox", name="SQL on Spark and Databricks")).to_contain_text("SELECT")
    look(page, "processor-try-sql")

    page.get_by_label(re.compile("^Name")).first.fill("protect")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page).to_have_url(re.compile("/processors/protect"))
    page.goto("/processors")
    page.get_by_role("link", name="protect").click()
    expect(page.get_by_role("heading", level=1, name="protect")).to_be_visible()


def test_rejected_rows_of_a_trial_say_which_rule_they_broke(page: Page, demo: Demo, api: Api, look: Look) -> None:
    rules = [{"rule": "in", "column": "status", "values": ["paid"]}]
    api.put_processor("only_paid", "quality", {"rules": rules})
    page.goto("/processors")
    expect(page.get_by_role("link", name="only_paid")).to_be_visible()
    look(page, "processors")
    page.goto(f"/processors/only_paid?connector={demo.source}&stream=orders")
    page.get_by_role("button", name="Try it").click()
    page.get_by_role("tab", name=re.compile(r"^Rejected \(\d+\)")).click()
    rejected = page.get_by_role("region", name="Rejected")
    expect(rejected.get_by_text(re.compile("status")).first).to_be_visible()
    expect(rejected.get_by_text(re.compile("is not one of")).first).to_be_visible()
    look(page, "processor-try-rejected")
