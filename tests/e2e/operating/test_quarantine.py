"""Rejected rows: found, narrowed to a rule, corrected, sent through again, set aside."""

from __future__ import annotations

import re
from typing import Any

import pytest
from e2e.demo import Demo
from e2e.looking import Look
from e2e.running import Api, Running
from playwright.sync_api import Page, expect

PEOPLE = "id,email,age\n1,ada@example.com,36\n2,grace@example.com,-1\n3,linus,54\n4,edsger,-3\n"


@pytest.fixture
def rejected(server: Running, api: Api) -> dict[str, Any]:
    """A file of three rejected rows: two of a wrong age, two of no address, one of both."""
    folder = server.data / "guests"
    folder.mkdir(exist_ok=True)
    (folder / "guests.csv").write_text(PEOPLE)
    api.put_connector("guest_lists", "files", {"url": str(folder)})
    api.put_connector("guest_book", "duckdb", {"path": str(server.data / "guests.duckdb")})
    rules = [
        {"rule": "range", "column": "age", "min": 0, "max": 120},
        {"rule": "regex", "column": "email", "pattern": ".+@.+"},
    ]
    document: dict[str, Any] = {
        "sources": [{"connector": "guest_lists", "streams": ["guests"]}],
        "processors": [
            {"type": "cast", "config": {"columns": {"age": "int32"}}},
            {"type": "quality", "config": {"rules": rules}},
        ],
        "destinations": [{"connector": "guest_book"}],
    }
    api.put_pipeline("guests", document)
    run = api.run("guests")
    assert run["rows"]["rejected"] == 3
    return api("GET", f"/quarantine?run={run['id']}")["items"][0]


def test_rows_are_narrowed_to_a_rule_corrected_and_replayed(
    page: Page, rejected: dict[str, Any], demo: Demo, api: Api, look: Look
) -> None:
    page.goto("/quarantine")
    expect(page.get_by_role("table", name="Quarantine").get_by_role("row").nth(1)).to_contain_text("guests")
    look(page, "quarantine")
    page.get_by_role("link", name="guests", exact=True).first.click()
    rows = page.get_by_role("table", name="Rows")
    expect(rows.get_by_role("row")).to_have_count(4)
    page.get_by_role("combobox", name="Rule").click()
    page.get_by_role("option", name=re.compile("age")).click()
    expect(rows.get_by_role("row")).to_have_count(3)
    expect(page).to_have_url(re.compile("rule="))

    cell = page.get_by_role("button", name=re.compile("^Edit age of row .*: -1"))
    cell.dblclick()
    page.keyboard.press("Control+a")
    page.keyboard.type("45")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=re.compile("Edit age of row .*: 45, edited"))).to_be_visible()
    look(page, "quarantine-edited")
    # What is typed is not lost by a slip.
    page.once("dialog", lambda asked: asked.dismiss())
    page.get_by_role("link", name="Runs", exact=True).click()
    expect(page).to_have_url(re.compile("/quarantine/"))
    page.get_by_role("button", name="Save 1 edit").click()
    expect(page.get_by_text("1 row is saved")).to_be_visible()

    page.get_by_role("checkbox", name="Select row 1").check()
    page.get_by_role("button", name="Replay 1", exact=True).click()
    expect(page).to_have_url(re.compile("/runs/"))
    expect(page.locator("[data-status=succeeded]").first).to_be_visible()
    assert api("GET", f"/quarantine/{rejected['id']}")["open_rows"] == 2


def test_rows_are_set_aside_with_a_word_why(page: Page, rejected: dict[str, Any], api: Api, look: Look) -> None:
    page.goto(f"/quarantine/{rejected['id']}")
    page.get_by_role("checkbox", name="Select all rows").check()
    page.get_by_role("button", name="Dismiss 3").click()
    dialog = page.get_by_role("dialog")
    confirm = dialog.get_by_role("button", name="Dismiss", exact=True)
    expect(confirm).to_be_disabled()
    dialog.get_by_label("Why").fill("test guests")
    look(page, "quarantine-dismiss", narrow=False)
    confirm.click()
    expect(page.get_by_text("3 rows are dismissed")).to_be_visible()
    expect(page.get_by_role("table", name="Rows").get_by_text("Dismissed")).to_have_count(3)
    expect(page.get_by_text("test guests").first).to_be_visible()
    expect(page.get_by_role("button", name="Replay all 0 open")).to_be_disabled()
    assert api("GET", f"/quarantine/{rejected['id']}")["open_rows"] == 0
