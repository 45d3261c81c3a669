"""What the API says of connector and processor types."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

ConnectorCategory = Literal["database", "files", "api", "other"]
ProcessorCategory = Literal["quality", "privacy", "schema", "transform", "code"]


class TypeOut(BaseModel):
    """What connector and processor types have in common."""

    type: str
    title: str
    description: str
    distribution: str = Field(description="The package it comes from.")
    version: str


class ConnectorTypeOut(TypeOut):
    """A type of connector."""

    category: ConnectorCategory
    source: bool
    destination: bool


class ConnectorTypeDetail(ConnectorTypeOut):
    """A type of connector with everything that a form needs."""

    config_schema: dict[str, Any] = Field(description="JSON Schema 2020-12; secrets say writeOnly and format password.")
    docs: str = Field(description="Its page, as Markdown; empty when it has none.")
    write_strategies: list[str] = Field(description="What it can do as a destination; empty for a source.")


class ProcessorTypeOut(TypeOut):
    """A type of processor."""

    category: ProcessorCategory


class ProcessorTypeDetail(ProcessorTypeOut):
    """A type of processor with everything that a form needs."""

    config_schema: dict[str, Any] = Field(description="JSON Schema 2020-12; secrets say writeOnly and format password.")
    docs: str = Field(description="Its page, as Markdown; empty when it has none.")
    example: dict[str, Any] | None = Field(description="A step of this type, as it stands in a pipeline.")


class ConnectorTypes(BaseModel):
    """All types, in the order of their names."""

    items: list[ConnectorTypeOut]


class ProcessorTypes(BaseModel):
    """All types, in the order of their names."""

    items: list[ProcessorTypeOut]
