"""Sealed values open with the right key, in the right place, and nowhere else."""

from __future__ import annotations

import base64
import logging

import pytest

from headwater_server.kit.encryption import Sealer, WrongKey
from headwater_server.kit.logs import JsonLines, struck

OLD, NEW = "old-key-0123456789-abcdefghijklmnop", "new-key-0123456789-abcdefghijklmnop"


def test_a_value_opens_in_its_own_context_only() -> None:
    sealed = Sealer(OLD).seal("pä$$word", "connector.shop.password")

    assert Sealer(OLD).unseal(sealed, "connector.shop.password") == "pä$$word"
    with pytest.raises(WrongKey):
        Sealer(OLD).unseal(sealed, "connector.other.password")


def test_equal_values_look_different() -> None:
    assert Sealer(OLD).seal("same", "a") != Sealer(OLD).seal("same", "a")


def test_a_new_key_opens_what_an_earlier_one_sealed_and_seals_with_itself() -> None:
    sealed, both = Sealer(OLD).seal("x", "a"), Sealer(NEW, [OLD])

    assert both.unseal(sealed, "a") == "x"
    assert (both.is_current(sealed), both.is_current(both.seal("x", "a"))) == (False, True)
    with pytest.raises(WrongKey, match="another secret key"):
        Sealer(NEW).unseal(sealed, "a")


@pytest.mark.parametrize("at", [5, 12, 20, -1])
def test_a_changed_byte_is_noticed(at: int) -> None:
    raw = bytearray(base64.b64decode(Sealer(OLD).seal("some text", "a").removeprefix("hw1:")))
    raw[at] ^= 1

    with pytest.raises(WrongKey):
        Sealer(OLD).unseal("hw1:" + base64.b64encode(raw).decode(), "a")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("postgresql://me:pw-4711@db/x failed", "postgresql://me:***@db/x failed"),
        ("host=db password=pw-4711 user=me", "host=db password=*** user=me"),
        ("host=db password='pw 4711' user=me", "host=db password=*** user=me"),
    ],
)
def test_passwords_in_messages_of_others_are_struck(said: str, shown: str) -> None:
    assert struck(said) == shown
    record = logging.makeLogRecord({"msg": "%s", "args": (said,), "place": said})
    assert "4711" not in JsonLines("test").format(record)
