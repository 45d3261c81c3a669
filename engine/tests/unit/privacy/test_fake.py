"""Invented values: the same for the same, other by key, and real to look at."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pyarrow as pa
import pytest

from headwater.toolkit.privacy.fake.invent import KINDS, LOCALES, Fakes
from headwater.toolkit.privacy.methods import Fake, FakeKind, Locale
from headwater.toolkit.privacy.validators import is_card, is_iban

KEY = "0123456789abcdef"
VALUES = [f"value {n}" for n in range(300)]


def made(kind: FakeKind, locale: Locale = "en", *, values: Sequence[object] = VALUES, key: str = KEY) -> list[str]:
    return Fakes(Fake.model_validate({"method": "fake", "kind": kind, "locale": locale, "key": key})).of(values)


def test_what_was_made_once_is_made_for_ever() -> None:
    """A change here changes what every pipeline delivers."""
    assert made("name", values=["ann", "bob"]) == ["Patrick Ellis", "Hazel Price"]
    assert made("email", "de", values=["ann"]) == ["jonas.pohl.402798@example.net"]
    assert made("address", "fr", values=["ann"]) == ["74 sentier des Dunes, 03794 Rodez"]
    assert made("phone", "es", values=["ann"]) == ["+34 413 721 475"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("locale", LOCALES)
def test_the_same_value_is_replaced_alike_and_another_key_replaces_it_otherwise(kind: FakeKind, locale: Locale) -> None:
    assert made(kind, locale) == made(kind, locale)
    assert made(kind, locale) != made(kind, locale, key="another key of some length")
    assert all(text and text == text.strip() for text in made(kind, locale))
    assert not any("  " in text for text in made(kind, locale))


@pytest.mark.parametrize("locale", LOCALES)
def test_numbers_with_check_digits_check(locale: Locale) -> None:
    assert all(is_iban(text) for text in made("iban", locale))
    assert all(is_card(text) and text.startswith("9") for text in made("card", locale))


@pytest.mark.parametrize("locale", LOCALES)
def test_mail_goes_to_example_domains_and_no_two_people_share_an_address(locale: Locale) -> None:
    mails = made("email", locale)
    assert all(re.fullmatch(r"[a-z]+\.[a-z]+\.[0-9a-f]{6}@example\.(com|net|org)", mail) for mail in mails)
    assert len(set(mails)) == len(mails)


def test_telephone_numbers_are_those_kept_for_fiction() -> None:
    assert all(re.fullmatch(r"\+1 [2-9]\d\d 555 01\d\d", text) for text in made("phone", "en"))
    assert all(re.fullmatch(r"\+49 (30 23125|40 66969|69 90009|89 99998)\d{3}", text) for text in made("phone", "de"))


def test_a_number_and_its_text_are_one_value() -> None:
    assert made("name", values=[5, "5", 5.0]) == [made("name", values=["5"])[0]] * 3


def test_null_stays_null() -> None:
    fakes = Fakes(Fake.model_validate({"method": "fake", "kind": "city", "key": KEY}))
    cities = fakes.of_column(pa.array(["a", None, "a", ""])).to_pylist()
    assert cities[0] == cities[2]
    assert cities[1] is None
    assert cities[3]
