"""The door, and a session that ends in the middle of work."""

from __future__ import annotations

import re

from e2e.administration.conftest import PASSWORD, Person, end_session
from e2e.demo import Demo
from e2e.looking import Look
from e2e.running import Api, Running
from e2e.watching import Watch
from playwright.sync_api import Page, expect


def test_whoever_asks_for_a_page_signs_in_first_and_then_gets_it(
    stranger: Page, person: Person, server: Running, watch: Watch, look: Look
) -> None:
    watch.expect("status of 401")
    stranger.get_by_role("button", name="Account").click()
    stranger.get_by_role("menuitem", name="Sign out").click()
    expect(stranger.get_by_role("heading", name="Sign in")).to_be_visible()
    look(stranger, "sign-in")
    stranger.goto("/runs?span=week")
    expect(stranger).to_have_url(re.compile("/sign-in"))
    stranger.get_by_label("Email").fill(person.email)
    stranger.get_by_role("textbox", name="Password").fill("not the password")
    stranger.get_by_role("button", name="Sign in", exact=True).click()
    expect(stranger.get_by_role("alert")).to_contain_text("You could not be signed in")
    look(stranger, "sign-in-refused", narrow=False)
    person.sign_in(stranger)
    expect(stranger).to_have_url(re.compile(r"/runs\?span=week"))


def test_a_link_that_was_used_says_so_and_offers_the_password(stranger: Page, server: Running, watch: Watch) -> None:
    watch.expect("status of 401")
    stranger.goto("/sign-in?token=used-before")
    expect(stranger.get_by_role("alert")).to_contain_text("This link does not sign you in")
    expect(stranger.get_by_role("textbox", name="Password")).to_be_visible()


def test_a_session_that_ends_while_somebody_edits_costs_nothing_that_was_typed(
    stranger: Page, person: Person, demo: Demo, server: Running, api: Api, watch: Watch, look: Look
) -> None:
    watch.expect("status of 401")
    stranger.goto(f"/schedules/new?pipeline={demo.pipeline}")
    stranger.get_by_label("Name", exact=True).fill("typed_before")
    end_session(stranger, server.address)
    stranger.get_by_role("button", name="Save", exact=True).click()
    dialog = stranger.get_by_role("dialog")
    expect(dialog.get_by_text("Your session has ended")).to_be_visible()
    expect(dialog.get_by_label("Email")).to_have_value(person.email)
    look(stranger, "session-ended")
    dialog.get_by_role("textbox", name="Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in", exact=True).click()
    expect(dialog).to_have_count(0)
    expect(stranger.get_by_label("Name", exact=True)).to_have_value("typed_before")
    stranger.get_by_role("button", name="Save", exact=True).click()
    expect(stranger).to_have_url(re.compile("/schedules/typed_before"))
    api("DELETE", "/schedules/typed_before")


def test_whoever_has_no_password_signs_in_again_in_another_tab(
    stranger: Page, person: Person, server: Running, api: Api, watch: Watch
) -> None:
    watch.expect("status of 401")
    stranger.goto("/runs?span=day")
    expect(stranger.get_by_role("heading", name="Runs")).to_be_visible()
    end_session(stranger, server.address)
    # Going on to another page asks, too, and does not throw anybody out.
    stranger.get_by_role("link", name="Schedules").click()
    dialog = stranger.get_by_role("dialog")
    expect(dialog.get_by_text(f"headwater users link {person.email}")).to_be_visible()
    other = stranger.context.new_page()
    other.goto(f"/sign-in?{api('POST', f'/users/{person.id}/link')['url'].rsplit('?', 1)[1]}")
    expect(other.get_by_role("heading", name="Home")).to_be_visible()
    expect(dialog).to_have_count(0)
    expect(stranger.get_by_role("heading", name="Schedules")).to_be_visible()
