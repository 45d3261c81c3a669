"""People of their own for the tests about signing in: the administrator's session is everybody's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count

import pytest
from e2e.running import Api
from playwright.sync_api import Page, expect

_NUMBERS = count(1)
PASSWORD = "a long password for the tests"


@dataclass(frozen=True, slots=True)
class Person:
    """An editor of this server with a password."""

    id: str
    email: str

    def sign_in(self, page: Page) -> None:
        page.get_by_label("Email").fill(self.email)
        page.get_by_role("textbox", name="Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()


def end_session(page: Page, address: str) -> None:
    """The server forgets the session; the page is not told."""
    cookies = page.context.cookies()
    answer = page.context.request.delete(f"{address}/api/session", headers={"origin": address})
    assert answer.ok, answer.text()
    # The answer took the cookie away, too. An expired session leaves it.
    page.context.add_cookies(
        [{"name": one.get("name", ""), "value": one.get("value", ""), "url": address} for one in cookies]
    )


@pytest.fixture
def person(api: Api, stranger: Page) -> Person:
    """Signed in by link in `stranger`, with a password set on the page of settings."""
    email = f"editor{next(_NUMBERS)}@example.com"
    made = api("POST", "/users", {"email": email, "name": "Erika Mustermann", "role": "editor"})
    user = made.get("user", made)
    link = api("POST", f"/users/{user['id']}/link")
    stranger.goto(f"/sign-in?{link['url'].rsplit('?', 1)[1]}")
    expect(stranger).not_to_have_url(re.compile("sign-in"))
    stranger.goto("/settings?tab=account")
    stranger.get_by_label("New password").fill(PASSWORD)
    stranger.get_by_role("button", name="Set password").click()
    expect(stranger.get_by_text("Your password is set")).to_be_visible()
    return Person(user["id"], email)
