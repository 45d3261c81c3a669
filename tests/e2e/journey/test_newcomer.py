"""Somebody who has never seen Headwater, from the first sign-in to a schedule, on the real server with real rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from e2e.looking import Look
from e2e.running import Running
from e2e.watching import Watch
from playwright.sync_api import Page, expect

PEOPLE = """\
id,email,age,country
1,ada@example.com,36,GB
2,grace@example.com,45,US
3,linus@example.com,-5,FI
4,edsger@example.com,72,NL
"""

STEPS = """\
sources:
  - connector: exports
    streams: [people]
processors:
  # what the exports promise
  - type: schema
    config: {columns: {id: {type: int64, nullable: false}, age: int32}}
  - type: quality
    config:
      rules:
        - {rule: range, column: age, min: 0, max: 120}
  - type: anonymize
    config: {columns: {email: {method: mask, keep_first: 1}}}
destinations:
  - warehouse
"""

Shoot = Callable[[Page, str], None]


@pytest.mark.timeout(600)
def test_a_newcomer_gets_from_a_file_to_a_scheduled_pipeline(
    server: Running, stranger: Page, watch: Watch, look: Look
) -> None:
    page, shoot = stranger, look.shoot
    (server.data / "exports").mkdir()
    (server.data / "exports" / "people.csv").write_text(PEOPLE)

    page.goto(server.sign_in_link())
    # The door has a heading of its own.
    expect(page.get_by_role("heading", level=1, name="Let the first rows flow")).to_be_visible()
    shoot(page, "01-home")

    connect(page, server, "files", "exports", {"Place": "exports"})
    # The first run will make the file; until then its streams cannot be listed, and the page says why.
    watch.expect("422 .*/connectors/warehouse/streams")
    connect(page, server, "duckdb", "warehouse", {"File": "warehouse.duckdb"})
    expect(page.get_by_role("heading", level=1, name="warehouse")).to_be_visible()
    expect(page.get_by_text("there is no such file")).to_be_visible()
    shoot(page, "02-connector")

    build(page, server, shoot)
    write_steps(page, shoot)
    look_at_the_data(page, shoot)
    run_id = run_it(page, shoot)
    correct_and_replay(page, server, run_id, shoot)
    schedule_it(page, server, shoot)
    assert Path(server.data, "warehouse.duckdb").exists()


def connect(page: Page, server: Running, kind: str, name: str, settings: dict[str, str]) -> None:
    page.goto(f"{server.address}/connectors/new?type={kind}")
    page.get_by_label("Name", exact=False).first.fill(name)
    for label, value in settings.items():
        page.get_by_label(re.compile(rf"^{label}")).first.fill(value)
    page.get_by_role("button", name="Test connection").click()
    expect(page.get_by_text("answered in").first).to_be_visible()
    page.get_by_role("button", name=re.compile("^(Save|Create)$")).click()
    expect(page).to_have_url(re.compile(rf"/connectors/{name}"))


def build(page: Page, server: Running, shoot: Shoot) -> None:
    """Source, streams and destination, one question at a time; the steps come later."""
    page.goto(f"{server.address}/pipelines/new")
    page.get_by_role("button", name=re.compile("^exports")).click()
    page.get_by_label("people", exact=True).check()
    shoot(page, "03-streams")
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.get_by_text("What happens on the way?")).to_be_visible()
    shoot(page, "04-processors")
    page.get_by_role("button", name="Next", exact=True).click()
    page.get_by_role("button", name=re.compile("^warehouse")).click()
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.get_by_role("cell", name="ada@example.com")).to_be_visible()
    shoot(page, "05-preview")
    page.get_by_role("button", name="Next", exact=True).click()
    page.get_by_label("Name", exact=True).fill("people")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page).to_have_url(re.compile("/pipelines/people"))


def write_steps(page: Page, shoot: Shoot) -> None:
    """Schema, quality and anonymization as text; the graph shows them at once, and undo takes them away."""
    page.get_by_text("YAML", exact=True).click()
    editor = page.locator(".cm-content").first
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(STEPS)
    expect(page.get_by_text("No problems")).to_be_visible()
    shoot(page, "06-yaml")
    page.get_by_text("Graph", exact=True).click()
    quality = page.get_by_role("button", name=re.compile("^Processor, quality"))
    expect(quality).to_be_visible()
    page.get_by_role("button", name=re.compile("^Undo")).click()
    expect(quality).to_have_count(0)
    page.get_by_role("button", name=re.compile("^Redo")).click()
    expect(quality).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved as version 2")).to_be_visible()


def look_at_the_data(page: Page, shoot: Shoot) -> None:
    """Before and after each step: the broken row leaves at the rule, the address is hidden at the last."""
    page.get_by_role("button", name=re.compile("^Processor, quality")).click()
    expect(page.get_by_text("1 rejected")).to_be_visible()
    expect(page.get_by_text(re.compile("quality: age is not between 0 and 120"))).to_be_visible()
    shoot(page, "07-after-quality")
    page.get_by_role("button", name=re.compile("^Processor, anonymize")).click()
    expect(page.get_by_text("Data after 3. anonymize")).to_be_visible()
    expect(page.get_by_role("cell", name="ada@example.com")).to_have_count(0)
    shoot(page, "08-after-anonymize")


def run_it(page: Page, shoot: Shoot) -> str:
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Run", exact=True).click()
    expect(page).to_have_url(re.compile(r"/runs/[0-9a-f-]{36}"))
    expect(page.locator("[data-status=succeeded]").first).to_be_visible(timeout=120_000)
    expect(page.get_by_text("3 written").first).to_be_visible()
    shoot(page, "09-run")
    run_id = page.url.rsplit("/", 1)[1].split("?")[0]
    page.get_by_role("tab", name=re.compile("^Proof")).click()
    expect(page.get_by_text("balanced").first).to_be_visible()
    page.get_by_role("tab", name=re.compile("^Checks")).click()
    expect(page.get_by_text("range:age")).to_be_visible()
    shoot(page, "10-checks")
    return run_id


def correct_and_replay(page: Page, server: Running, run_id: str, shoot: Shoot) -> None:
    """The one broken row: its age is corrected, and it is written like the others."""
    page.goto(f"{server.address}/runs/{run_id}")
    page.get_by_role("link", name="Look at the rejected rows").click()
    cell = page.get_by_role("button", name=re.compile("^Edit age of row"))
    expect(cell).to_be_visible()
    cell.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Control+a")
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    shoot(page, "11-rejected")
    page.get_by_role("button", name="Save 1 edit").click()
    expect(page.get_by_text("1 row is saved")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Replay all")).click()
    expect(page).to_have_url(re.compile(r"/runs/(?!" + run_id + r")[0-9a-f-]{36}"))
    expect(page.locator("[data-status=succeeded]").first).to_be_visible(timeout=120_000)
    shoot(page, "12-replay")


def schedule_it(page: Page, server: Running, shoot: Shoot) -> None:
    page.goto(f"{server.address}/schedules/new?pipeline=people")
    expect(page.get_by_text("Next starts")).to_be_visible()
    shoot(page, "13-schedule")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page).to_have_url(re.compile("/schedules/people"))
    expect(page.get_by_text("Next", exact=True).first).to_be_visible()
    shoot(page, "14-calendar")
