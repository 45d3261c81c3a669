"""select: choose, order and rename columns.

Promises: rows stay as they are; a column keeps its type. A column named outright stands where it is named; a glob
stands for the columns that are not named and not yet chosen, in the order of the input.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import ClassVar

import pyarrow as pa
from pydantic import ConfigDict, Field

from headwater.sdk.config import ColumnName, PluginConfig, example
from headwater.sdk.errors import ConfigError, UnknownColumn
from headwater.sdk.processor import Output, Project
from headwater.toolkit.expressions.build import column


class SelectConfig(PluginConfig):
    """Choose, leave out, rename and reorder columns."""

    model_config = ConfigDict(
        json_schema_extra=example(
            {"columns": ["id", "customer_*", "*"], "exclude": ["internal_*"], "rename": {"cust_no": "customer_id"}}
        )
    )

    columns: tuple[ColumnName, ...] = Field(
        default=("*",),
        min_length=1,
        title="Columns",
        description="Names or globs (`*`, `?`, `[…]`) of the columns to keep, in the order they shall have.",
        examples=[["id", "customer_*", "*"]],
    )
    exclude: tuple[ColumnName, ...] = Field(
        default=(),
        title="Exclude",
        description="Names or globs of columns to leave out, even when they are among the columns to keep.",
        examples=[["internal_*", "password"]],
    )
    rename: dict[ColumnName, str] = Field(
        default_factory=dict,
        title="Rename",
        description="New names for kept columns: old name → new name.",
        examples=[{"cust_no": "customer_id"}],
    )
    optional: bool = Field(
        default=False,
        title="Missing columns are fine",
        description="Pass over names and globs that no column has, for a step that meets many streams.",
    )


class Select:
    config_type: ClassVar[type[PluginConfig]] = SelectConfig

    def __init__(self, config: SelectConfig) -> None:
        self._config = config

    def operations(self, schema: pa.Schema) -> tuple[Project, ...]:
        kept = self._kept(schema.names)
        if not kept:
            raise ConfigError(
                "select: no column is left",
                hint="keep at least one; without exclude, `columns` alone decides",
                code="config.no_columns",
            )
        names = self._renamed(kept, schema.names)
        outputs = (Output(new, column(schema, old, place="select")) for old, new in zip(kept, names, strict=True))
        return (Project(tuple(outputs)),)

    def _kept(self, names: Sequence[str]) -> list[str]:
        config = self._config
        wanted = dict.fromkeys(
            name
            for pattern in config.columns
            for name in self._matched(pattern, names, "columns")
            if pattern == name or name not in config.columns
        )
        unwanted = {name for pattern in config.exclude for name in self._matched(pattern, names, "exclude")}
        return [name for name in wanted if name not in unwanted]

    def _matched(self, pattern: str, names: Sequence[str], key: str) -> Iterator[str]:
        found = [pattern] if pattern in names else [name for name in names if fnmatchcase(name, pattern)]
        if found or self._config.optional:
            return iter(found)
        if any(sign in pattern for sign in "*?["):
            raise ConfigError(
                f"select.{key}: no column matches {pattern!r}",
                hint=f"there is: {', '.join(names[:20])}; `optional: true` passes over what is missing",
                code="config.unknown_column",
            )
        raise UnknownColumn(pattern, names, place=f"select.{key}")

    def _renamed(self, kept: Sequence[str], names: Sequence[str]) -> list[str]:
        rename = self._config.rename
        for old in rename:
            if old in kept or (self._config.optional and old not in names):
                continue
            if old in names:
                raise ConfigError(
                    f"select.rename: {old!r} is renamed, but not kept",
                    hint="add it to columns, or take it out of exclude or rename",
                    code="config.invalid_rename",
                )
            raise UnknownColumn(old, names, place="select.rename")
        renamed = [rename.get(name, name) for name in kept]
        for old, new in rename.items():
            alike = [name for name in renamed if name.lower() == new.lower()]
            if new and (old not in kept or len(alike) == 1):
                continue
            raise ConfigError(
                f"select.rename: {old!r} cannot become {new!r}: {'another column has it' if new else 'it is empty'}",
                hint="column names differ by more than capitals",
                code="config.duplicate_column",
            )
        return renamed
