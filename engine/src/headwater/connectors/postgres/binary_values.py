"""Rare types as the bytes that PostgreSQL's receive functions read; each function takes the type's text.

Raises ValueError for a text that is not of the type. Source: src/backend/utils/adt of PostgreSQL: network.c
(inet_recv), mac.c, mac8.c, numeric.c (numeric_recv), varbit.c, date.c (timetz_recv), array_recv in arrayfuncs.c.
"""

from __future__ import annotations

import base64
import json
import re
import struct
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from ipaddress import ip_interface, ip_network
from uuid import UUID

_TIMETZ = re.compile(r"(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?([+-])(\d\d)(?::?(\d\d)(?::?(\d\d))?)?|(.*)Z")
_FAMILIES = {4: 2, 6: 3}
_EPOCH_OFFSET = 946_684_800_000_000
_TIMESTAMPTZ_OID = 1184


def _uuid(text: str) -> bytes:
    return UUID(text).bytes


def _inet(text: str) -> bytes:
    address = ip_interface(text.strip())
    packed = address.ip.packed
    return bytes((_FAMILIES[address.version], address.network.prefixlen, 0, len(packed))) + packed


def _cidr(text: str) -> bytes:
    network = ip_network(text.strip())
    packed = network.network_address.packed
    return bytes((_FAMILIES[network.version], network.prefixlen, 1, len(packed))) + packed


def _mac(length: int) -> Callable[[str], bytes]:
    def encode(text: str) -> bytes:
        packed = bytes.fromhex(re.sub(r"[:\-. ]", "", text))
        if length == 8 and len(packed) == 6:
            packed = packed[:3] + b"\xff\xfe" + packed[3:]
        if len(packed) != length:
            raise ValueError(f"{text!r} is not an address of {length} bytes")
        return packed

    return encode


def _bits(text: str) -> bytes:
    if text.strip("01"):
        raise ValueError(f"{text!r} is not a string of bits")
    padded = text + "0" * (-len(text) % 8)
    return struct.pack(">i", len(text)) + bytes(int(padded[at : at + 8], 2) for at in range(0, len(padded), 8))


def _numeric(text: str) -> bytes:
    """Digits in base 10000, the exponent of the first of them, sign, and how many decimals are shown."""
    try:
        value = Decimal(text.strip())
    except InvalidOperation as error:
        raise ValueError(f"{text!r} is not a number") from error
    if not value.is_finite():
        special = 0xC000 if value.is_nan() else 0xD000 if value > 0 else 0xF000
        return struct.pack(">hhHh", 0, 0, special, 0)
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    scale = max(0, -exponent)
    whole = "".join(map(str, digits)) + "0" * max(0, exponent)
    before, after = (whole[:-scale] or "0", whole[-scale:].rjust(scale, "0")) if scale else (whole, "")
    before = before.rjust(-(-len(before) // 4) * 4, "0")
    after = after.ljust(-(-len(after) // 4) * 4, "0")
    groups = [int((before + after)[at : at + 4]) for at in range(0, len(before) + len(after), 4)]
    weight = len(before) // 4 - 1
    while groups and groups[0] == 0:
        groups.pop(0)
        weight -= 1
    while groups and groups[-1] == 0:
        groups.pop()
    if not groups:
        sign, weight = 0, 0
    return struct.pack(f">hhHh{len(groups)}h", len(groups), weight, 0x4000 if sign else 0, scale, *groups)


def _timetz(text: str) -> bytes:
    """Microseconds of the day, and seconds west of Greenwich."""
    found = _TIMETZ.fullmatch(text.strip().removesuffix("Z") + ("+00" if text.strip().endswith("Z") else ""))
    if found is None or found[1] is None:
        raise ValueError(f"{text!r} is not a time with a zone")
    hours, minutes, seconds = int(found[1]), int(found[2]), int(found[3] or 0)
    micros = ((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + int((found[4] or "").ljust(6, "0"))
    offset = int(found[6]) * 3600 + int(found[7] or 0) * 60 + int(found[8] or 0)
    return struct.pack(">qi", micros, -offset if found[5] == "+" else offset)


VALUES: dict[str, Callable[[str], bytes]] = {
    "uuid": _uuid,
    "inet": _inet,
    "cidr": _cidr,
    "macaddr": _mac(6),
    "macaddr8": _mac(8),
    "bit": _bits,
    "varbit": _bits,
    "numeric": _numeric,
    "timetz": _timetz,
}


def array_bytes(micros: Sequence[int | None] | None) -> bytes | None:
    """An array of timestamptz from microseconds since 1970; PostgreSQL counts from 2000."""
    if micros is None:
        return None
    dimensions = 1 if micros else 0
    head = struct.pack(">iii", dimensions, int(None in micros), _TIMESTAMPTZ_OID)
    size = struct.pack(">ii", len(micros), 1) if micros else b""
    items = (b"\xff\xff\xff\xff" if item is None else struct.pack(">iq", 8, item - _EPOCH_OFFSET) for item in micros)
    return head + size + b"".join(items)


def json_text(value: object) -> str:
    """A nested value as JSON. Decimals, dates and times are texts, bytes are base64: nothing is rounded."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_json_scalar, allow_nan=False)


def _json_scalar(value: object) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    return str(value)
