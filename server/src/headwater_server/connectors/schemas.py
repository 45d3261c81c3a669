"""What the API says of connectors and their streams."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from headwater_server.catalog.step_schemas import Body, Fault, Named, StepIn, TypeName
from headwater_server.kit.documents import Document
from headwater_server.kit.pages import Page

EXAMPLE: dict[str, Any] = {
    "name": "shop",
    "type": "postgres",
    "config": {"host": "db.local", "database": "shop", "user": "reader", "password": "${env:SHOP_PASSWORD}"},
    "description": "The shop's database",
}


class ConnectorIn(StepIn):
    """A connector as it should be. A secret that is left out keeps its value; null clears it."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    concurrency: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        default=None, description="At most so many runs use it at a time. Default: any number."
    )


class LastCheck(BaseModel):
    """How the last check went."""

    ok: bool
    at: datetime
    message: str


class ConnectorOut(BaseModel):
    """A connector. Secrets are not in `config`; their paths are in `secrets`."""

    id: UUID
    name: str
    type: str
    config: dict[str, Any]
    secrets: list[str] = Field(description="Dotted paths of secrets that are stored.")
    description: str | None
    concurrency: int | None = Field(description="At most so many runs use it at a time.")
    revision: int
    created_at: datetime
    updated_at: datetime
    used_by: list[Named] = Field(description="Pipelines that use it.")
    last_check: LastCheck | None


class CheckIn(Body):
    """A config to be tried before it is saved; `connector` names the saved one whose secrets it keeps."""

    type: TypeName
    config: Document = Field(default={}, description="As in a project file.")
    connector: str | None = Field(default=None, max_length=200)


class CheckedSide(BaseModel):
    """How one side of a connector answered."""

    side: Literal["source", "destination"]
    ok: bool
    message: str
    error: Fault | None


class CheckOut(BaseModel):
    """How a connector answered."""

    ok: bool
    took_s: float
    sides: list[CheckedSide]


class StreamColumn(BaseModel):
    """A column of a stream."""

    name: str
    type: str
    nullable: bool


class StreamOut(BaseModel):
    """A stream as discovery saw it."""

    name: str
    columns: list[StreamColumn]
    primary_key: list[str]
    cursors: list[str] = Field(description="Columns that may serve as cursor.")
    row_estimate: int | None


class StreamPage(Page[StreamOut]):
    """Some of a connector's streams, by name."""

    total: int = Field(description="Of all pages together.")
    refreshed_at: datetime | None


class TopValue(BaseModel):
    """A value that is there often."""

    value: Any
    count: int


class Bucket(BaseModel):
    """How many values lie from one bound up to the next."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    from_: Any = Field(alias="from")
    to: Any
    count: int


class ColumnProfile(BaseModel):
    """What a column holds."""

    name: str
    type: str
    nulls: int
    distinct: int | None
    min: Any
    max: Any
    mean: float | None
    top: list[TopValue]
    histogram: list[Bucket] | None


class StreamProfile(BaseModel):
    """What the first rows of a stream hold."""

    rows: int
    columns: list[ColumnProfile]
