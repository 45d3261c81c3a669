"""What connectors and processors have in common in the API."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from headwater_server.kit.documents import Description, Document
from headwater_server.kit.names import Name

TypeName = Annotated[str, StringConstraints(pattern=r"^[^$\s]+$", max_length=100)]
Scalar = str | int | float | bool | None


class Body(BaseModel):
    """A request's body: what it does not know is an error."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class StepIn(Body):
    """A connector or processor as it should be. A secret that is left out keeps its value; null clears it."""

    name: Name
    type: TypeName
    config: Document = Field(default={}, description="As in a project file; see the type's schema.")
    description: Description | None = None


class Named(BaseModel):
    """Something, by id and name."""

    id: UUID
    name: str


class Column(BaseModel):
    """A column and its type."""

    name: str
    type: str


class Table(BaseModel):
    """Rows as JSON values; what JSON has no form for is text."""

    columns: list[Column]
    rows: list[list[Any]]


class Fault(BaseModel):
    """An error of the engine."""

    code: str
    message: str
    hint: str | None
