"""Users, tokens, secrets, the own account, and what runs here."""

from __future__ import annotations

import re

import httpx
from e2e.looking import Look
from e2e.running import Api, Running
from playwright.sync_api import Page, expect


def test_a_user_is_added_gets_a_link_is_locked_out_and_deleted_by_typing(
    page: Page, stranger: Page, api: Api, look: Look
) -> None:
    email = "a.person.with.quite.a.long.address@department.of.very.long.names.example.com"
    page.goto("/settings")
    page.get_by_role("button", name="Add a user").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Email").fill(email)
    dialog.get_by_role("textbox", name="Name", exact=True).fill("Ottilie von Faber-Castell")
    look(page, "settings-new-user", narrow=False)
    dialog.get_by_role("button", name="Add a user").click()
    link = dialog.get_by_label("Sign-in link for Ottilie von Faber-Castell")
    expect(link).to_contain_text("/sign-in?token=")
    look(page, "settings-link", narrow=False)
    stranger.goto(f"/sign-in?{link.inner_text().rsplit('?', 1)[1]}")
    expect(stranger.get_by_role("navigation", name="Main")).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)

    menu = page.get_by_role("button", name="Actions for Ottilie von Faber-Castell")
    menu.click()
    page.get_by_role("menuitem", name="Lock out").click()
    expect(page.get_by_text("Locked out")).to_be_visible()
    expect(page.get_by_role("menu")).to_have_count(0)
    look(page, "settings-users")
    menu.click()
    page.get_by_role("menuitem", name="Delete").click()
    delete = dialog.get_by_role("button", name="Delete", exact=True)
    expect(delete).to_be_disabled()
    dialog.get_by_label(re.compile("^Type")).fill(email)
    delete.click()
    expect(menu).to_have_count(0)
    assert email not in {user["email"] for user in api("GET", "/users")["items"]}


def test_a_token_is_shown_once_works_and_is_revoked(page: Page, server: Running, look: Look) -> None:
    page.goto("/settings?tab=tokens")
    page.get_by_role("button", name="Make a token").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name", exact=True).fill("nightly job")
    dialog.get_by_role("button", name="Make a token").click()
    token = dialog.get_by_label("Your new token").inner_text()
    look(page, "settings-new-token", narrow=False)
    dialog.get_by_role("button", name="Close").first.click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text(token)).to_have_count(0)
    session = f"{server.address}/api/session"
    headers = {"Authorization": f"Bearer {token}"}
    assert httpx.get(session, headers=headers).status_code == httpx.codes.OK
    look(page, "settings-tokens")
    page.get_by_role("button", name="Revoke nightly job").click()
    dialog.get_by_label(re.compile("^Type")).fill("nightly job")
    dialog.get_by_role("button", name="Revoke", exact=True).click()
    expect(page.get_by_role("button", name="Revoke nightly job")).to_have_count(0)
    assert httpx.get(session, headers=headers).status_code == httpx.codes.UNAUTHORIZED


def test_a_secret_is_kept_replaced_and_never_shown(page: Page, api: Api, look: Look) -> None:
    page.goto("/settings?tab=secrets")
    page.get_by_role("button", name="Add a secret").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("not a name")
    expect(dialog.get_by_text("Letters, digits, dash, dot and underscore")).to_be_visible()
    dialog.get_by_label("Name").fill("bank_key")
    dialog.get_by_label("Value").fill("hunter2 hunter2")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("bank_key is stored")).to_be_visible()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("hunter2")).to_have_count(0)
    look(page, "settings-secrets")
    page.get_by_role("button", name="Replace bank_key").click()
    dialog.get_by_label("Value").fill("another value")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name="Delete bank_key").click()
    dialog.get_by_label(re.compile("^Type")).fill("bank_key")
    dialog.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("button", name="Delete bank_key")).to_have_count(0)
    assert "bank_key" not in {secret["name"] for secret in api("GET", "/secrets")["items"]}


def test_the_own_account_and_what_runs_here(page: Page, look: Look) -> None:
    page.goto("/settings?tab=account")
    expect(page.get_by_role("button", name="Set password")).to_be_visible()
    look(page, "settings-account")
    page.get_by_role("tab", name="About").click()
    expect(page.get_by_text("Healthy")).to_be_visible()
    look(page, "settings-about")
