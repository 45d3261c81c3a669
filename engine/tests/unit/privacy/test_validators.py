"""Numbers with check digits: published examples are right, and one changed digit is wrong."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from headwater.toolkit.privacy import validators

# Examples that issuers or standards publish themselves.
RIGHT: list[tuple[Callable[[str], bool], str]] = [
    (validators.is_card, "4111 1111 1111 1111"),
    (validators.is_card, "5500-0055-5555-5559"),
    (validators.is_card, "340000000000009"),
    (validators.is_iban, "DE89 3704 0044 0532 0130 00"),
    (validators.is_iban, "gb29nwbk60161331926819"),
    (validators.is_iban, "FR1420041010050500013M02606"),
    (validators.is_ssn, "078-05-1120"),
    (validators.is_nino, "AB 12 34 56 C"),
    (validators.is_steuer_id, "86095742719"),
    (validators.is_steuer_id, "47 036 892 816"),
    (validators.is_dni, "12345678Z"),
    (validators.is_dni, "X1234567L"),
    (validators.is_nir, "2 55 08 14 168 025 38"),
    (validators.is_codice_fiscale, "RSSMRA85T10A562S"),
    (validators.is_bsn, "111222333"),
    (validators.is_pesel, "44051401359"),
]
WRONG: list[tuple[Callable[[str], bool], str]] = [
    (validators.is_card, "4111 1111 1111 1112"),
    (validators.is_card, "0000000000000000"),
    (validators.is_card, "4111"),
    (validators.is_card, "٤١١١١١١١١١١١١١١١"),
    (validators.is_iban, "DE88 3704 0044 0532 0130 00"),
    (validators.is_iban, "DE89 3704 0044 0532 0130 0"),
    (validators.is_iban, "XX89370400440532013000"),
    (validators.is_iban, ""),
    (validators.is_ssn, "666-05-1120"),
    (validators.is_ssn, "078051120"),
    (validators.is_nino, "GB123456C"),
    (validators.is_steuer_id, "86095742718"),
    (validators.is_steuer_id, "12345678901"),
    (validators.is_dni, "12345678A"),
    (validators.is_nir, "255081416802539"),
    (validators.is_codice_fiscale, "RSSMRA85T10A562T"),
    (validators.is_bsn, "111222334"),
    (validators.is_bsn, "000000000"),
    (validators.is_pesel, "44051401358"),
]


@pytest.mark.parametrize(("check", "text"), RIGHT)
def test_a_published_example_is_right(check: Callable[[str], bool], text: str) -> None:
    assert check(text)


@pytest.mark.parametrize(("check", "text"), WRONG)
def test_a_number_that_does_not_check_is_wrong(check: Callable[[str], bool], text: str) -> None:
    assert not check(text)


def test_the_check_digits_that_are_made_are_the_ones_that_are_checked() -> None:
    assert validators.luhn_digit("411111111111111") == "1"
    assert validators.iban_check_digits("DE", "370400440532013000") == "89"
