"""Numbers that prove themselves by check digits.

Sources: ISO/IEC 7812-1 annex B (Luhn), ISO 13616 and ISO 7064 (IBAN), and the issuers' own rules: SSA (SSN), HMRC
(NINO), the German BZSt (Steuer-ID: ISO 7064 mod 11, 10), the Spanish DGP (DNI, NIE), the French Insee (NIR), the
Italian Agenzia delle Entrate (codice fiscale), the Dutch government (BSN), the Polish PESEL.
"""

from __future__ import annotations

import re
from collections import Counter

IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28,
    "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18,
    "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22,
    "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20,
    "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18, "NO": 15,
    "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SC": 31, "SE": 24, "SI": 19,
    "SK": 24, "SM": 27, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
}  # fmt: skip

_SEPARATORS = str.maketrans("", "", " -./")
_DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_NINO = re.compile(r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][0-9]{6}[A-D]")
_NINO_NEVER = ("BG", "GB", "KN", "NK", "NT", "TN", "ZZ")
_CODICE = re.compile(r"[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]")
_CODICE_ODD = dict(
    zip(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14,
         16, 10, 22, 25, 24, 23),
        strict=True,
    )
)  # fmt: skip


def compact(text: str) -> str:
    """Without spaces and signs, in capitals."""
    return text.translate(_SEPARATORS).upper()


def luhn(digits: str) -> bool:
    return _luhn_sum(digits) % 10 == 0


def luhn_digit(digits: str) -> str:
    """The check digit to put behind."""
    return str(-_luhn_sum(f"{digits}0") % 10)


def _luhn_sum(digits: str) -> int:
    total = 0
    for at, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + at % 2)
        total += value - 9 if value > 9 else value
    return total


def is_card(text: str) -> bool:
    digits = compact(text)
    return digits.isdecimal() and digits.isascii() and 12 <= len(digits) <= 19 and len(set(digits)) > 1 and luhn(digits)


def is_iban(text: str) -> bool:
    found = compact(text)
    if not (found.isascii() and found.isalnum()) or len(found) != IBAN_LENGTHS.get(found[:2]):
        return False
    return found[2:4].isdecimal() and _mod97(found[4:] + found[:4]) == 1


def iban_check_digits(country: str, account: str) -> str:
    return f"{98 - _mod97(f'{account}{country}00'):02}"


def _mod97(text: str) -> int:
    return int("".join(str(int(character, 36)) for character in text)) % 97


def is_ssn(text: str) -> bool:
    """United States: AAA-GG-SSSS, written with its dashes or spaces."""
    found = re.fullmatch(r"([0-9]{3})[- ]([0-9]{2})[- ]([0-9]{4})", text.strip())
    if found is None:
        return False
    area, group, serial = found.groups()
    return area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"


def is_nino(text: str) -> bool:
    """United Kingdom: AB123456C."""
    found = compact(text)
    return _NINO.fullmatch(found) is not None and found[:2] not in _NINO_NEVER


def is_steuer_id(text: str) -> bool:
    """Germany: eleven digits, of which the first ten hold one digit two or three times."""
    digits = compact(text)
    if not re.fullmatch(r"[1-9][0-9]{10}", digits):
        return False
    counts = Counter(digits[:10]).values()
    if sum(count > 1 for count in counts) != 1 or max(counts) > 3:
        return False
    product = 10
    for digit in digits[:10]:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return int(digits[10]) == (11 - product) % 10


def is_dni(text: str) -> bool:
    """Spain: a DNI (eight digits, letter) or a NIE (X, Y or Z, seven digits, letter)."""
    found = compact(text)
    if not re.fullmatch(r"[XYZ0-9][0-9]{7}[A-Z]", found):
        return False
    number = int(found[:8].translate(str.maketrans("XYZ", "012")))
    return found[8] == _DNI_LETTERS[number % 23]


def is_nir(text: str) -> bool:
    """France: thirteen digits (Corsica has letters) and a key of two."""
    found = compact(text)
    if not re.fullmatch(r"[1-478][0-9]{2}(0[1-9]|1[0-2]|[2-9][0-9])([0-9]{2}|2[AB])[0-9]{6}[0-9]{2}", found):
        return False
    body = found[:13].replace("2A", "19", 1) if found[5:7] == "2A" else found[:13]
    body = body.replace("2B", "18", 1) if found[5:7] == "2B" else body
    return 97 - int(body) % 97 == int(found[13:])


def is_codice_fiscale(text: str) -> bool:
    """Italy: sixteen letters and digits, the last one checks."""
    found = compact(text)
    if not _CODICE.fullmatch(found):
        return False
    total = sum(_CODICE_ODD[item] if at % 2 == 0 else int(item, 36) - (10 if item.isalpha() else 0)
                for at, item in enumerate(found[:15]))  # fmt: skip
    return found[15] == chr(ord("A") + total % 26)


def is_bsn(text: str) -> bool:
    """The Netherlands: nine digits, the "eleven test"."""
    digits = compact(text)
    if not re.fullmatch(r"[0-9]{9}", digits) or digits == "000000000":
        return False
    return (sum(int(digit) * (9 - at) for at, digit in enumerate(digits[:8])) - int(digits[8])) % 11 == 0


def is_pesel(text: str) -> bool:
    """Poland: eleven digits that begin with the day of birth."""
    digits = compact(text)
    if not re.fullmatch(r"[0-9]{11}", digits):
        return False
    month, day = int(digits[2:4]) % 20, int(digits[4:6])
    weighted = sum(int(digit) * weight for digit, weight in zip(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1), strict=True))
    return 1 <= month <= 12 and 1 <= day <= 31 and weighted % 10 == 0
