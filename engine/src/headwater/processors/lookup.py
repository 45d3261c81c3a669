"""lookup: add columns of another stream to each row, found by key, or only check that there is such a row.

Promises: rows and their order stay, each row has at most one partner; a NULL finds none and is not missed. The other
stream goes on unchanged; it is seen whole, as it stands at this step.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

import pyarrow as pa
from pydantic import BeforeValidator, ConfigDict, Field

from headwater.sdk.config import ColumnName, PluginConfig, StreamName, example
from headwater.sdk.errors import ConfigError
from headwater.sdk.processor import Lookup as LookupOperation
from headwater.sdk.processor import Rule
from headwater.toolkit.expressions.build import all_of, column, is_not_null


def _pairs(value: object) -> object:
    """A name, or a list of names: each stands for itself."""
    names = [value] if isinstance(value, str) else value
    return {name: name for name in names} if isinstance(names, list | tuple) else value


def _named(value: object) -> object:
    """In YAML a bare null is no text, and whoever writes `missing: null` means it."""
    return "null" if value is None else value


Pairs = Annotated[dict[ColumnName, ColumnName], BeforeValidator(_pairs)]


class LookupConfig(PluginConfig):
    """Add columns of another stream, found by key."""

    model_config = ConfigDict(
        json_schema_extra=example(
            {
                "stream": "customers",
                "on": {"customer_id": "id"},
                "columns": {"name": "customer_name"},
                "missing": "reject",
            }
        )
    )

    stream: StreamName = Field(
        min_length=1,
        title="Look in",
        description="Name of the stream that is looked into; one row per key.",
        examples=["customers"],
    )
    on: Pairs = Field(
        min_length=1,
        title="By",
        description="Column of the row → column of the other stream. A list of names where they are called alike.",
        examples=[{"customer_id": "id"}, ["country", "postcode"]],
    )
    columns: Pairs = Field(
        default_factory=dict,
        title="Columns to add",
        description="Column of the other stream → name it gets here. A list keeps the names. None: only check.",
        examples=[{"name": "customer_name", "segment": "segment"}, ["segment"]],
    )
    missing: Annotated[Literal["null", "reject", "fail"], BeforeValidator(_named)] = Field(
        default="null",
        title="When there is no such row",
        description="`null` leaves the added columns empty, `reject` sends the row to quarantine, `fail` ends the load "
        "and names the row.",
    )


class Lookup:
    config_type: ClassVar[type[PluginConfig]] = LookupConfig

    def __init__(self, config: LookupConfig) -> None:
        self._config = config

    def operations(self, schema: pa.Schema) -> tuple[LookupOperation, ...]:
        config = self._config
        if not config.columns and config.missing == "null":
            raise ConfigError(
                "lookup: it adds no column and minds no missing row, so it does nothing",
                hint="say which `columns` to add, or `missing: reject`",
                code="config.nothing_to_do",
            )
        _refuse_twice(config.columns)
        asked = [column(schema, name, place="lookup.on") for name in config.on]
        rule = None
        if config.missing != "null":
            names = list(config.on)
            rule = Rule(
                f"lookup:{config.stream}",
                names[0] if len(names) == 1 else None,
                # Whether there is a partner is the engine's to find; the rule says which rows have something to find.
                all_of([is_not_null(item) for item in asked]),
                f"{config.stream} has no row with this {' and '.join(names)}",
                severity="fail" if config.missing == "fail" else "reject",
            )
        outputs = tuple((here, there) for there, here in config.columns.items())
        return (LookupOperation(config.stream, tuple(config.on.items()), outputs, rule),)


def _refuse_twice(columns: Mapping[str, str]) -> None:
    names = list(columns.values())
    if twice := [name for name in names if names.count(name) > 1]:
        raise ConfigError(
            f"lookup.columns: two columns are to be named {twice[0]!r}",
            hint="give each its own name",
            code="config.duplicate_column",
        )
