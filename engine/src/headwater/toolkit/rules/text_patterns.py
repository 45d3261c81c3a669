"""What texts of well-known kinds look like, as patterns that every engine reads alike; each matches the whole text.

Sources: RFC 5322 (dot-atom) and RFC 1035 for e-mail addresses, at the lengths of RFC 5321; RFC 3986 for URLs and IPv6
addresses; RFC 9562 for UUIDs; RFC 791's dotted quads without leading zeros, as RFC 6943 asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

_ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_DOMAIN = rf"(?:{_LABEL}\.)+(?:[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9])"
EMAIL = rf"{_ATOM}(?:\.{_ATOM})*@{_DOMAIN}"
EMAIL_MAX_LENGTH = 254

UUID = "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"

_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
IPV4 = rf"{_OCTET}(?:\.{_OCTET}){{3}}"
_H16 = "[0-9A-Fa-f]{1,4}"


def _ipv6() -> str:
    """The nine forms of RFC 3986, section 3.2.2."""
    last32 = f"(?:{_H16}:{_H16}|{IPV4})"
    forms = [f"(?:{_H16}:){{6}}{last32}"]
    for after in range(5, -1, -1):
        before = 5 - after
        head = f"(?:(?:{_H16}:){{0,{before - 1}}}{_H16})?" if before else ""
        tail = f"(?:{_H16}:){{{after}}}" if after else ""
        forms.append(f"{head}::{tail}{last32}")
    forms.append(f"(?:(?:{_H16}:){{0,5}}{_H16})?::{_H16}")
    forms.append(f"(?:(?:{_H16}:){{0,6}}{_H16})?::")
    return f"(?:{'|'.join(forms)})"


IPV6 = _ipv6()
# RFC 4007: the zone of a link-local address, which PostgreSQL's inet and most programs refuse, is not taken.
IP = f"(?:{IPV4}|{IPV6})"

IpVersion = Literal["any", "4", "6"]


def ip(version: IpVersion) -> str:
    return {"any": IP, "4": IPV4, "6": IPV6}[version]


def url(schemes: Sequence[str]) -> str:
    """An absolute URL with a host: letters of any script in names, no spaces anywhere."""
    label = r"[\p{L}\p{N}_](?:[\p{L}\p{N}_-]*[\p{L}\p{N}_])?"
    host = rf"{label}(?:\.{label})*\.?|\[{IPV6}\]"
    names = "|".join(scheme.replace("+", r"\+").replace(".", r"\.") for scheme in schemes)
    return rf"(?i)(?:{names})://(?:[^\s/?#@]*@)?(?:{host})(?::[0-9]{{1,5}})?(?:[/?#]\S*)?"
