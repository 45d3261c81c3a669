"""The project file: out as YAML without a secret, in with a look at what would change."""

from __future__ import annotations

import re

from e2e.demo import Demo
from e2e.looking import Look
from e2e.running import Api
from e2e.watching import Watch
from playwright.sync_api import Page, expect

FILE = """\
version: 1
processors:
  tidy_names:
    type: derive
    config: {columns: {name: trim(name)}}
"""


def write(page: Page, text: str) -> None:
    editor = page.get_by_role("tabpanel", name="Apply").locator(".cm-content")
    editor.click()
    expect(editor).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def test_a_file_is_applied_after_a_look_at_what_it_changes(page: Page, api: Api, demo: Demo, look: Look) -> None:
    page.goto("/project")
    # The editor draws the lines in sight only: there is more than one connector above the demo's.
    expect(page.locator(".cm-content")).to_contain_text("connectors:")
    look(page, "project-export")
    page.get_by_role("tab", name="Apply").click()
    write(page, FILE)
    page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_role("strong").filter(has_text="tidy_names")).to_be_visible()
    look(page, "project-changes")
    page.get_by_role("button", name="Apply 1 change").click()
    expect(page.get_by_text("The file is applied")).to_be_visible()
    assert api("GET", "/processors/tidy_names")["config"] == {"columns": {"name": "trim(name)"}}
    page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_text("Nothing to change")).to_be_visible()


def test_a_wrong_file_is_refused_at_its_line(page: Page, look: Look, watch: Watch) -> None:
    watch.expect("status of 422")
    page.goto("/project?side=apply")
    write(page, FILE.replace("derive", "derve"))
    page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_role("alert")).to_contain_text(re.compile("did you mean 'derive'"))
    wrong = page.locator(".cm-lint-marker-error")
    line = page.locator(".cm-line", has_text="derve")
    expect(wrong).to_be_visible()
    assert abs((wrong.bounding_box() or {})["y"] - (line.bounding_box() or {})["y"]) < 10
    look(page, "project-wrong")
