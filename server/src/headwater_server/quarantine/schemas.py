"""Shapes of the quarantine in the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from headwater_server.catalog.step_schemas import Body, Named
from headwater_server.kit.documents import Description, Document

RowStatus = Literal["open", "replayed", "dismissed"]
RowNumber = int


class BrokenRule(BaseModel):
    """How many rows broke a rule; a row counts for each rule it broke."""

    step: int
    step_name: str
    rule: str
    rows: int


class QuarantineOut(BaseModel):
    """The rejected rows of one stream in one run. `run_id` null: the run has been deleted."""

    id: UUID
    run_id: UUID | None
    pipeline: Named
    stream: str
    rows: int
    open_rows: int
    size_bytes: int
    rules: list[BrokenRule]
    created_at: datetime


class RowRule(BaseModel):
    """A rule that a row broke."""

    id: str
    column: str | None


class RowSource(BaseModel):
    """Where a row came from. `text`: as it was read, when it could not be parsed."""

    text: str | None
    file: str | None
    line: int | None


class RejectedRow(BaseModel):
    """A row as it stood where it was rejected; protected columns are protected here too."""

    row: RowNumber
    step: int
    step_name: str
    rules: list[RowRule]
    messages: list[str]
    record: dict[str, Any] | None = Field(description="Null when it could not be parsed.")
    edited: dict[str, Any] | None
    source: RowSource
    status: RowStatus
    note: str | None
    rejected_at: datetime


class RowPage(BaseModel):
    """Some rows, by number. `columns` are those that any of them has."""

    columns: list[str]
    items: list[RejectedRow]
    next: str | None = Field(description="Give it as `after` to get the next page; null: this is the last one.")


class RowEdit(Body):
    """A row as it should have been."""

    row: RowNumber = Field(ge=0, le=2**53)
    record: Document


class RowEdits(Body):
    """Rows to correct before they are replayed."""

    edits: list[RowEdit] = Field(min_length=1, max_length=1000)


class ReplayIn(Body):
    """Which rows to send through the pipeline again; none named: all that are open."""

    rows: list[RowNumber] | None = Field(default=None, min_length=1, max_length=10_000)


class DismissIn(Body):
    """Rows that nothing more shall happen to; none named: all that are open."""

    rows: list[RowNumber] | None = Field(default=None, min_length=1, max_length=10_000)
    note: Description | None = Field(default=None, description="Why.")
