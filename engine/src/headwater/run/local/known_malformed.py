"""Records that could not be parsed have no cursor value: an incremental read of files meets them in every run, and each
is set aside in the first one only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b

from headwater.sdk.source import Malformed

# So many are remembered for a stream; what goes beyond is set aside again by the next run.
REMEMBERED = 10_000


def marked(records: Sequence[Malformed], *, with_text: bool) -> dict[str, Malformed]:
    """Each record by a short digest of its place and, unless it may hold protected values, its text. A record whose
    line is not known is told apart from its likes by its number among them, so that one more of them is a new one.
    """
    seen: Counter[tuple[str, str]] = Counter()
    found: dict[str, Malformed] = {}
    for record in records:
        text = record.text if with_text else ""
        seen[record.file, text] += 1
        place = f"line {record.line}" if record.line is not None else f"number {seen[record.file, text]}"
        found[blake2b("\0".join((record.file, place, text)).encode(), digest_size=8).hexdigest()] = record
    return found
