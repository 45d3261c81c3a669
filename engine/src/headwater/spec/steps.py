"""The steps of a pipeline: where streams come from, what happens to them, where they go."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from headwater.spec.base import Config, Name, Names, SpecModel, Template, Text, fault, text_as
from headwater.spec.quantities import Lag

Mode = Literal["full", "incremental"]
WriteMode = Literal["replace", "append", "merge", "scd2"]
EvolutionPolicy = Literal["evolve", "freeze", "ignore"]
Verification = Literal["count", "checksum"]

_WRITE = (
    "How rows meet the rows that are already there. Default: replace for full streams; for incremental "
    "streams merge when the key is known, else append."
)
_TABLE = "Name of the table, with {name}, {schema} and {stream} taken from the stream."
_KEY = "Columns that tell rows apart when merging and keeping history. Default: the stream's primary key."
_EVOLUTION = (
    "What happens when the stream's columns have changed: evolve adds columns and widens types, "
    "freeze fails, ignore leaves new columns out."
)


def _columns(value: object) -> object:
    return {"include": value} if isinstance(value, str | list | tuple) else value


def _one_of(name: str | None, type_: str | None, given: set[str], *, saved: str) -> None:
    if name is None and type_ is None:
        hint = f"write `{saved}: NAME` for a saved one, or `type:` and `config:`"
        raise fault("missing_key", f"neither {saved!r} nor 'type' is given", hint)
    for other in ("type", "config"):
        if name is not None and other in given:
            hint = f"keep {saved!r} for the saved one, or 'type' and 'config' to write one in place"
            raise fault("conflicting_keys", f"{saved!r} and {other!r} exclude each other", hint, key=other)


class ColumnsSpec(SpecModel):
    """Which columns of a stream are read, by name or glob. A list stands for `include`."""

    shorthand: ClassVar[str | None] = "include"

    include: Names = Field(default=("*",), description="Columns to read, by name or glob.")
    exclude: Names = Field(default=(), description="Columns to leave out, by name or glob; wins over include.")


class WriteOverrides(SpecModel):
    """What may be said per stream about how it is written."""

    write: WriteMode | None = Field(default=None, description=_WRITE)
    table: Template | None = Field(default=None, description=_TABLE, examples=["{name}", "raw.{schema}_{name}"])
    key: Names | None = Field(default=None, description=_KEY)
    evolution: EvolutionPolicy | None = Field(default=None, description=_EVOLUTION)
    verify: Verification | None = Field(
        default=None,
        description="How a load is proved: the destination's count, or also a checksum of the content.",
    )


class ReadOptions(SpecModel):
    """Which streams are read, and how."""

    name: Text = Field(
        description="Name of a stream, or a glob over names.", examples=["public.orders", "public.dim_*"]
    )
    exclude: Names = Field(default=(), description="Names or globs that the glob leaves out.")
    mode: Mode = Field(default="full", description="Read all rows, or only those that are new since the last run.")
    cursor: Text | None = Field(
        default=None,
        description="Column that grows with every change. Default: the source's own candidate.",
    )
    lag: Lag | None = Field(
        default=None,
        description="Read again this far behind the last cursor value, so that late rows are not missed.",
    )
    inclusive: bool = Field(
        default=True,
        description="Read rows that equal the last cursor value again, and tell them apart. False is "
        "cheaper, and right only for a cursor that never repeats.",
    )
    start: str | int | float | None = Field(
        default=None, description="Cursor value at which the very first run begins."
    )
    primary_key: Names | None = Field(
        default=None, description="Columns that identify a row. Default: what the source says."
    )
    columns: Annotated[ColumnsSpec, BeforeValidator(_columns)] = Field(
        default=ColumnsSpec.model_construct(), description="Columns to read: a list, or include and exclude."
    )
    filter: Text | None = Field(
        default=None,
        description="SQL condition that rows must meet; the source evaluates as much of it as it can.",
        examples=["status <> 'test' AND amount > 0"],
    )
    alias: Template | None = Field(
        default=None,
        description="Name that the stream has from here on, with {name}, {schema} and {stream}.",
        examples=["crm_{name}"],
    )


class StreamSpec(WriteOverrides, ReadOptions):
    """Streams to read, and how they are read and written. A bare text stands for `name`."""

    shorthand: ClassVar[str | None] = "name"


StreamItem = Annotated[StreamSpec, BeforeValidator(text_as("name"))]


class ConnectorStep(SpecModel):
    """A saved connector by its name, or one written in place by type and config."""

    connector: Text | None = Field(default=None, description="Name of a saved connector.")
    type: Text | None = Field(default=None, description="Type of a connector written in place.")
    config: Config = Field(default={}, description="Configuration of a connector written in place.")

    @model_validator(mode="after")
    def _one_connector(self) -> ConnectorStep:
        _one_of(self.connector, self.type, self.model_fields_set, saved="connector")
        return self


class SourceStep(ConnectorStep):
    """Where streams come from. A bare text stands for `connector`."""

    shorthand: ClassVar[str | None] = "connector"

    streams: tuple[StreamItem, ...] = Field(
        default=(StreamSpec.model_construct(name="*"),),
        min_length=1,
        description="Streams to read. Default: all.",
    )
    parallelism: int | None = Field(
        default=None,
        ge=1,
        le=1000,
        description="At most this many parts are read from the source at once, to spare it.",
    )


SourceItem = Annotated[SourceStep, BeforeValidator(text_as("connector"))]


class ProcessorStep(SpecModel):
    """What happens to streams on the way. A bare text stands for `processor`."""

    shorthand: ClassVar[str | None] = "processor"

    processor: Text | None = Field(default=None, description="Name of a saved processor.")
    type: Text | None = Field(default=None, description="Type of a processor written in place.")
    config: Config = Field(default={}, description="Configuration of a processor written in place.")
    name: Name | None = Field(
        default=None, description="Name of the step in plans and reports. Default: its processor's or type's."
    )
    streams: Names = Field(
        default=("*",), description="Streams it works on, by name or glob; others pass. Default: all."
    )
    exclude: Names = Field(default=(), description="Streams it leaves alone, by name or glob.")
    enabled: bool = Field(default=True, description="False takes the step out of the chain without deleting it.")

    @model_validator(mode="after")
    def _one_processor(self) -> ProcessorStep:
        _one_of(self.processor, self.type, self.model_fields_set, saved="processor")
        return self


ProcessorItem = Annotated[ProcessorStep, BeforeValidator(text_as("processor"))]


class TakenStreams(SpecModel):
    """Which streams a destination takes."""

    name: Text = Field(description="Name of a stream, or a glob over names.")


class TargetSpec(WriteOverrides, TakenStreams):
    """Streams that a destination takes, and how they are written there. A bare text stands for `name`."""

    shorthand: ClassVar[str | None] = "name"


TargetItem = Annotated[TargetSpec, BeforeValidator(text_as("name"))]


class DestinationStep(WriteOverrides, ConnectorStep):
    """Where streams go. A bare text stands for `connector`."""

    shorthand: ClassVar[str | None] = "connector"

    streams: tuple[TargetItem, ...] = Field(
        default=(TargetSpec.model_construct(name="*"),),
        min_length=1,
        description="Streams to write, by name or glob. Default: all.",
    )
    exclude: Names = Field(default=(), description="Streams that are not written here, by name or glob.")


DestinationItem = Annotated[DestinationStep, BeforeValidator(text_as("connector"))]
