"""The editor: three views of one document, order and switches by mouse and keyboard, problems and data on the way."""

from __future__ import annotations

import json
import re

from e2e.looking import Look
from e2e.running import Api
from e2e.watching import Watch
from playwright.sync_api import Locator, Page, expect


def view(page: Page, name: str) -> None:
    page.get_by_role("radiogroup", name="View of the document").get_by_text(name, exact=True).click()


def node(page: Page, label: str) -> Locator:
    return page.get_by_role("button", name=re.compile(f"^Processor, {label}"))


def cards(page: Page) -> Locator:
    return page.locator("[data-step-card][data-kind=processor]")


def card(page: Page, name: str) -> Locator:
    return cards(page).filter(has_text=name)


def test_graph_form_and_yaml_show_one_document_and_undo_goes_through_all(page: Page, pipeline: str, look: Look) -> None:
    page.goto(f"/pipelines/{pipeline}")
    expect(node(page, "known_status")).to_be_visible()
    expect(page.get_by_role("columnheader", name=re.compile("^order_id")).first).to_be_visible()
    look(page, "pipeline-graph")

    node(page, "totals").click()
    page.get_by_role("switch", name=re.compile("^Enabled")).click(force=True)
    expect(page.get_by_role("button", name=re.compile("^Processor, totals.*off"))).to_be_visible()
    view(page, "Form")
    expect(card(page, "totals").get_by_text("off")).to_be_visible()
    look(page, "pipeline-form")
    view(page, "YAML")
    expect(page.locator(".cm-content")).to_contain_text("enabled: false")
    look(page, "pipeline-yaml")
    page.locator(".cm-content").click()
    expect(page.locator(".cm-content")).to_be_focused()
    page.keyboard.press("Control+End")
    page.keyboard.type("\ndescription: written as text")
    view(page, "Graph")
    page.get_by_role("button", name="Pipeline settings").click()
    expect(page.get_by_label("Description")).to_have_value("written as text")
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("Control+z")
    expect(page.get_by_label("Description")).to_have_value("")
    page.keyboard.press("Control+z")
    expect(page.get_by_role("button", name=re.compile("^Processor, totals derive$"))).to_be_visible()
    expect(page.get_by_text("Not saved")).to_have_count(0)


def test_steps_are_added_where_the_lane_says_and_ordered_by_drag_and_by_keyboard(page: Page, pipeline: str) -> None:
    page.goto(f"/pipelines/{pipeline}?view=form")
    expect(cards(page)).to_have_count(3)
    card(page, "protect").drag_to(card(page, "known_status"), target_position={"x": 60, "y": 4})
    expect(cards(page).first).to_contain_text("protect")
    first = cards(page).first
    first.focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(cards(page).nth(1)).to_contain_text("protect")
    expect(cards(page).nth(1)).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    expect(cards(page).nth(2)).to_contain_text("protect")

    view(page, "Graph")
    page.get_by_role("button", name="Add a processor for customers here").first.click()
    page.get_by_role("dialog").get_by_role("searchbox").fill("filter")
    page.get_by_role("dialog").get_by_role("button", name=re.compile("^Filter")).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(node(page, "filter")).to_be_visible()
    view(page, "YAML")
    expect(page.locator(".cm-content")).to_contain_text("streams: customers")


def test_a_problem_is_found_while_writing_and_leads_to_its_step(
    page: Page, pipeline: str, api: Api, look: Look
) -> None:
    page.goto(f"/pipelines/{pipeline}?view=yaml")
    editor = page.locator(".cm-content")
    expect(editor).to_contain_text("known_status")
    expect(page.get_by_role("status").filter(has_text="No problems")).to_be_visible()
    editor.click()
    page.keyboard.press("Control+End")
    page.keyboard.type("\nengin: spark")
    expect(page.get_by_text(re.compile("did you mean 'engine'"))).to_be_visible()
    expect(page.locator(".cm-lint-marker-error")).to_be_visible()
    look(page, "pipeline-problem")
    page.get_by_role("button", name=re.compile("^Undo")).click()
    expect(page.get_by_role("status").filter(has_text="No problems")).to_be_visible()

    document = api("GET", f"/pipelines/{pipeline}")["document"]
    document["processors"][0]["config"]["rules"][0]["rule"] = "inn"
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(json.dumps(document, indent=1))
    expect(page.get_by_text(re.compile("did you mean 'in'")).first).to_be_visible()
    page.get_by_role("button", name=re.compile(r"^processors\[0\]")).first.click()
    expect(page.get_by_role("heading", name="Processor: known_status")).to_be_visible()


def test_the_data_behind_every_step_can_be_looked_at_while_editing(page: Page, pipeline: str, look: Look) -> None:
    page.goto(f"/pipelines/{pipeline}")
    node(page, "known_status").click()
    expect(page.get_by_role("heading", name="Data after 1. known_status")).to_be_visible()
    rejected = page.get_by_role("region", name="Rejected on the way")
    expect(rejected.get_by_text(re.compile("known_status: status is")).first).to_be_visible()
    expect(page.get_by_text(re.compile("cells? changed"))).to_have_count(0)
    look(page, "pipeline-preview-rejected")

    node(page, "totals").click()
    expect(page.get_by_role("heading", name="Data after 2. totals")).to_be_visible()
    expect(page.get_by_role("cell", name="changed: GIFT, PLEASE WRAP").first).to_be_visible()
    node(page, "protect").click()
    expect(page.get_by_role("heading", name="Data after 3. protect")).to_be_visible()
    expect(page.get_by_role("cell", name=re.compile("^changed: ")).first).to_be_visible()
    expect(page.get_by_text("@example")).to_have_count(0)
    look(page, "pipeline-preview-changed")

    # A setting is changed: the sample follows it, saved or not.
    page.get_by_role("combobox", name="After step").click()
    page.get_by_role("option", name="the read").click()
    expect(page.get_by_role("cell", name=re.compile("@example")).first).to_be_visible()


def test_what_somebody_else_saved_is_not_written_over(page: Page, pipeline: str, api: Api, watch: Watch) -> None:
    watch.expect("status of 412")
    page.goto(f"/pipelines/{pipeline}")
    node(page, "totals").click()
    page.get_by_role("switch", name=re.compile("^Enabled")).click(force=True)
    document = api("GET", f"/pipelines/{pipeline}")["document"]
    api.put_pipeline(pipeline, {**document, "description": "theirs"})
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Somebody else changed this meanwhile")
    assert api("GET", f"/pipelines/{pipeline}")["document"]["description"] == "theirs"
