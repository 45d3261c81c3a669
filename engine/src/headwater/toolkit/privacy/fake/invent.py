"""`fake`: an invented value for each value, the same one each time, drawn by HMAC-SHA-256.

E-mail addresses end in the domains that RFC 2606 keeps for examples. Card numbers begin with 9, which no card scheme
uses (ISO/IEC 7812-1 leaves it to national bodies); they and IBANs have right check digits.
"""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

import pyarrow as pa

from headwater.toolkit.privacy.distinct import per_distinct, text_of
from headwater.toolkit.privacy.fake import english, french, german, spanish
from headwater.toolkit.privacy.fake.words import Draw, Words, digits
from headwater.toolkit.privacy.keys import derived, key_bytes
from headwater.toolkit.privacy.methods import Fake, FakeKind
from headwater.toolkit.privacy.validators import iban_check_digits, luhn_digit

LOCALES = {"en": english.WORDS, "de": german.WORDS, "fr": french.WORDS, "es": spanish.WORDS}
EXAMPLE_DOMAINS = ("example.com", "example.net", "example.org")
_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


class Fakes:
    def __init__(self, method: Fake) -> None:
        self._key = derived(key_bytes(method.sure_key), f"fake:{method.kind}:{method.locale}:{method.domain}")
        self._words = LOCALES[method.locale]
        self._invent = KINDS[method.kind]

    def of_column(self, column: pa.Array) -> pa.Array:
        return per_distinct(column, self.of, pa.string())

    def of(self, values: Sequence[Any]) -> list[str]:
        words, invent, key = self._words, self._invent, self._key
        return [invent(words, _drawing(hmac.digest(key, _bytes(value), "sha256"))) for value in values]


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else text_of(value).encode()


def _drawing(seed: bytes) -> Draw:
    """Numbers one after the other out of one seed; when its bits are used up, its digest goes on."""
    state = int.from_bytes(seed)
    left = 256

    def draw(below: int) -> int:
        nonlocal state, left, seed
        # Forty bits more than needed keep the draw even to one part in 2⁴⁰.
        used = below.bit_length() + 40
        if left < used:
            seed = sha256(seed).digest()
            state, left = int.from_bytes(seed), 256
        state, found = divmod(state, 1 << used)
        left -= used
        return found % below

    return draw


def _pick(items: Sequence[str], draw: Draw) -> str:
    return items[draw(len(items))]


def _first(words: Words, draw: Draw) -> str:
    return _pick(words.first_names, draw)


def _last(words: Words, draw: Draw) -> str:
    return _pick(words.last_names, draw)


def _name(words: Words, draw: Draw) -> str:
    return f"{_first(words, draw)} {_last(words, draw)}"


def _username(words: Words, draw: Draw) -> str:
    return f"{_plain(_first(words, draw))}.{_plain(_last(words, draw))}.{draw(16**6):06x}"


def _plain(name: str) -> str:
    """Small letters of ASCII."""
    decomposed = unicodedata.normalize("NFD", name.translate(_SPELLED))
    return "".join(item for item in decomposed.lower() if item.isascii() and item.isalnum())


def _email(words: Words, draw: Draw) -> str:
    return f"{_username(words, draw)}@{_pick(EXAMPLE_DOMAINS, draw)}"


def _street(words: Words, draw: Draw) -> str:
    return words.street(_pick(words.streets, draw), 1 + draw(199))


def _postcode(words: Words, draw: Draw) -> str:
    return words.postcode(draw)


def _city(words: Words, draw: Draw) -> str:
    return _pick(words.cities, draw)


def _address(words: Words, draw: Draw) -> str:
    return f"{_street(words, draw)}, {words.postcode(draw)} {_city(words, draw)}"


def _company(words: Words, draw: Draw) -> str:
    return f"{_pick(words.company_words, draw)} {_last(words, draw)} {_pick(words.company_forms, draw)}"


def _phone(words: Words, draw: Draw) -> str:
    return words.phone(draw)


def _iban(words: Words, draw: Draw) -> str:
    account = words.account(draw)
    return f"{words.country}{iban_check_digits(words.country, account)}{account}"


def _card(words: Words, draw: Draw) -> str:
    body = f"9{digits(draw, 14)}"
    return body + luhn_digit(body)


def _uuid(words: Words, draw: Draw) -> str:
    return str(UUID(int=draw(2**64) << 64 | draw(2**64), version=4))


KINDS: dict[FakeKind, Callable[[Words, Draw], str]] = {
    "name": _name,
    "first_name": _first,
    "last_name": _last,
    "email": _email,
    "username": _username,
    "phone": _phone,
    "street": _street,
    "postcode": _postcode,
    "city": _city,
    "address": _address,
    "company": _company,
    "iban": _iban,
    "card": _card,
    "uuid": _uuid,
}
