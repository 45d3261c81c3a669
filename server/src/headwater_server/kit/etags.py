"""Revisions as entity tags: who changes a resource may say which revision they saw.

Source: RFC 9110, section 13.1.1.
"""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Header

from headwater_server.kit.problems import Invalid, PreconditionFailed

_TAG = re.compile(r'(?:W/)?"([^"]*)"')


def etag(revision: int) -> str:
    """`"7"`."""
    return f'"{revision}"'


async def _if_match(
    if_match: Annotated[
        str | None, Header(max_length=200, description="ETag of the revision that was read; else nothing is changed.")
    ] = None,
) -> frozenset[str] | None:
    """The tags that would do; None when any revision will."""
    if if_match is None or if_match.strip() == "*":
        return None
    tags = frozenset(_TAG.findall(if_match))
    if not tags:
        raise Invalid('If-Match takes an entity tag in double quotes, as the header ETag gives it: "7"')
    return tags


IfMatch = Annotated[frozenset[str] | None, Depends(_if_match)]


def check(if_match: frozenset[str] | None, revision: int) -> None:
    """Raises PreconditionFailed when the caller saw another revision."""
    if if_match is not None and str(revision) not in if_match:
        raise PreconditionFailed(
            f"it has been changed meanwhile: revision {revision} is the newest",
            hint="read it again, and make your change to that",
        )
