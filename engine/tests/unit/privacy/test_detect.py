"""What columns of a sample are taken for, and what not."""

from __future__ import annotations

import datetime

import pyarrow as pa
import pytest

from headwater.toolkit.privacy.detect import Finding, findings

MAILS = ["ann@example.org", "bob@example.com", "müller@bücher.de", "d@e.fr"]
CARDS = ["4111 1111 1111 1111", "5500005555555559", "340000000000009"]


def found(name: str, values: list[object], confidence: float = 0.6) -> Finding | None:
    hits = findings(pa.table({name: pa.array(values)}), confidence=confidence)
    return hits[0] if hits else None


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (MAILS, "email"),
        (CARDS, "card"),
        (["DE89370400440532013000", "GB29NWBK60161331926819", "FR1420041010050500013M02606"], "iban"),
        (["10.0.0.1", "2001:db8::1", "::ffff:10.0.0.1"], "ip"),
        (["078-05-1120", "219-09-9999", "457-55-5462"], "us_ssn"),
        (["12345678Z", "X1234567L", "00000000T"], "es_dni"),
        (["RSSMRA85T10A562S", "rssmra85t10a562s", "RSSMRA85T10A562S "], "it_codice_fiscale"),
    ],
)
def test_values_speak_for_themselves_whatever_the_column_is_called(values: list[object], kind: str) -> None:
    hit = found("c7", values)
    assert hit is not None
    assert (hit.kind, hit.share) == (kind, 1.0)


@pytest.mark.parametrize(
    "values",
    [
        ["1.50", "2.75", "10.00", "3.99"],
        ["12:30", "23:59", "00:01"],
        ["4111111111111112", "5500005555555558", "340000000000008"],
        ["SKU-1", "SKU-2", "SKU-3"],
        ["2024-01-01", "2024-01-02", "2024-01-03"],
        [datetime.date(2024, 1, day) for day in (1, 2, 3)],
        [1_234_567, 2_345_678, 3_456_789],
        [None, None, None],
        ["", "", ""],
        ["ann@example.org", "ann@example.org", None],
    ],
)
def test_what_is_not_personal_or_too_little_to_tell_is_left_alone(values: list[object]) -> None:
    assert found("c7", values) is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("customerEmail", "email"),
        ("E-Mail", "email"),
        ("Vorname", "first_name"),
        ("billing_zip", "postcode"),
        ("date_of_birth", "birth_date"),
        ("user.password", "password"),
    ],
)
def test_a_name_alone_is_enough_at_the_usual_confidence_and_not_above(name: str, kind: str) -> None:
    hit = found(name, ["x", "y", "z"])
    assert hit is not None
    assert (hit.kind, hit.share) == (kind, None)
    assert found(name, ["x", "y", "z"], confidence=0.7) is None


@pytest.mark.parametrize("name", ["tells", "company", "gossip", "emailed", "zipped", "pandas"])
def test_a_word_that_only_begins_like_one_says_nothing(name: str) -> None:
    assert found(name, ["x", "y", "z"]) is None


def test_addresses_inside_free_text_are_found_and_redacting_is_suggested() -> None:
    hit = found("notes", ["call ann@example.org", "nothing", "or bob@example.com, later", "no"])
    assert hit is not None
    assert (hit.kind, hit.suggests, hit.share) == ("email", "redact", 0.5)


def test_numbers_may_be_cards_too() -> None:
    hit = found("c7", [4111111111111111, 5500005555555559, 340000000000009])
    assert hit is not None
    assert hit.kind == "card"


def test_a_finding_holds_no_value_of_the_column() -> None:
    hit = found("mail", list(MAILS))
    assert hit is not None
    assert not any(mail in repr(hit) + hit.because for mail in MAILS)


def test_a_cell_of_a_megabyte_does_no_harm() -> None:
    assert found("c7", ["x" * 1_000_000, "1" * 1_000_000, "@" * 1_000_000]) is None
