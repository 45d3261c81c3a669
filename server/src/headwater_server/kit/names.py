"""Names and ids are interchangeable in paths: a UUID is an id, everything else a name."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import StringConstraints

Ref = Annotated[str, Path(min_length=1, max_length=200, description="Name or id.")]
"""A path parameter."""

Name = Annotated[str, StringConstraints(pattern=r"^\w[\w.-]*$", max_length=100)]
"""The name of a resource, as in a project file."""


def id_of(ref: str) -> UUID | None:
    """The id that a reference is, or None when it is a name."""
    try:
        return UUID(ref) if len(ref) in (32, 36) else None
    except ValueError:
        return None
