"""`redact`: what looks personal inside a longer text. Better one find too many than one too few."""

from __future__ import annotations

from headwater.sdk.errors import ConfigError
from headwater.toolkit.expressions.kinds import STRING
from headwater.toolkit.expressions.nodes import Call, Form, Node
from headwater.toolkit.expressions.patterns import Pattern, replacement
from headwater.toolkit.privacy.canonical import text_only
from headwater.toolkit.privacy.methods import Redact

_OCTET = "(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])"
_HEXTETS = "[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4})*"

# In this order: an IBAN holds what looks like a card, a card what looks like a telephone number.
PATTERNS = {
    # RFC 5321, section 4.1.2, without quoted local parts; letters of every script (RFC 6531).
    "email": r"[\p{L}\p{N}._%+'&/=?^{|}~-]+@[\p{L}\p{N}](?:[\p{L}\p{N}-]*\.)+[\p{L}]{2,}",
    # ISO 13616: country, two check digits, 11 to 30 characters, often in groups of four.
    "iban": r"\b[A-Za-z]{2}[0-9]{2}(?: ?[A-Za-z0-9]{4}){2,7}(?: ?[A-Za-z0-9]{1,3})?\b",
    # ISO/IEC 7812: 12 to 19 digits.
    "card": r"\b[0-9](?:[ -]?[0-9]){11,18}\b",
    # Abroad (+49 …, 0049 …), at home with an area code (030 …, (0221) …), French pairs, North American groups.
    "phone": (
        r"(?:\+|\b00)[1-9](?:[ ()./-]{0,3}[0-9]){6,13}\b"
        r"|\(?\b0[1-9][0-9]{1,4}\)?(?:[ /-]{0,2}[0-9]){4,10}\b"
        r"|\b0[1-9](?:[ .-][0-9]{2}){4}\b"
        r"|\(?\b[2-9][0-9]{2}\)?[ .-]{1,2}[0-9]{3}[ .-][0-9]{4}\b"
    ),
    "ip": (
        rf"\b{_OCTET}(?:\.{_OCTET}){{3}}\b"
        rf"|\b[0-9A-Fa-f]{{1,4}}(?::[0-9A-Fa-f]{{1,4}}){{7}}\b"
        rf"|\b(?:{_HEXTETS})::(?:{_HEXTETS})?|::{_HEXTETS}\b"
    ),
}


def redacted(node: Node, method: Redact, *, place: str) -> Node:
    """NULL for NULL. Raises ConfigError for what is no text, and for a pattern that does not work."""
    text = text_only(node, "redact", place=place)
    for name, pattern in wanted(method):
        try:
            checked = Pattern(pattern)
            if checked.matches_nothing:
                raise ConfigError(
                    f"the pattern {pattern!r} matches an empty text",
                    hint="let it match at least one character",
                    code="config.invalid_pattern",
                )
        except ConfigError as error:
            raise ConfigError(
                f"{place}.patterns.{name}: {error.message}", hint=error.hint, code=error.public_code
            ) from error
        put = replacement(method.replacement.replace("{kind}", name).replace("\\", "\\\\"), 0)
        form = Form("regexp_replace({0}, {1}, {2}, 'g')", "regexp_replace({0}, {1}, {2})")
        text = Call("function", form, (text, checked.constant(), put), STRING)
    return text


def wanted(method: Redact) -> list[tuple[str, str]]:
    """A person's own patterns first: they know more than ours."""
    return [*method.patterns.items(), *((name, pattern) for name, pattern in PATTERNS.items() if name in method.kinds)]
