"""Processors made for tests: one operation each, from SQL written in the config; and batch processors that lie."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa

from headwater.sdk.config import PluginConfig
from headwater.sdk.errors import DataError
from headwater.sdk.processor import Dialect, Distinct, Keep, Operation, Output, Project, Reject, Rule
from headwater.sdk.stream import Predicate


@dataclass(frozen=True, slots=True)
class Sql:
    """Canonical SQL whose columns are its quoted identifiers; `column >= number` can be pushed down."""

    text: str

    @property
    def columns(self) -> frozenset[str]:
        return frozenset(re.findall(r'"([^"]+)"', self.text))

    def sql(self, dialect: Dialect) -> str:
        return self.text

    def predicates(self, schema: pa.Schema) -> tuple[Predicate, ...]:
        found = re.fullmatch(r'"([^"]+)" >= (\d+)', self.text)
        if found is None or found[1] not in schema.names:
            return ()
        return (Predicate(found[1], ">=", (pa.scalar(int(found[2]), schema.field(found[1]).type),)),)


class WhereConfig(PluginConfig):
    where: str


class Where:
    config_type: ClassVar[type[PluginConfig]] = WhereConfig

    def __init__(self, config: WhereConfig) -> None:
        self._where = Sql(config.where)

    def operations(self, schema: pa.Schema) -> tuple[Operation, ...]:
        return (Keep(self._where),)


class RulesConfig(PluginConfig):
    rules: dict[str, str]


class Rules:
    """`rules`: id → what is broken."""

    config_type: ClassVar[type[PluginConfig]] = RulesConfig

    def __init__(self, config: RulesConfig) -> None:
        self._rules = config.rules

    def operations(self, schema: pa.Schema) -> tuple[Operation, ...]:
        return (Reject(tuple(Rule(name, None, Sql(sql), f"breaks {name}") for name, sql in self._rules.items())),)


class ColumnsConfig(PluginConfig):
    columns: dict[str, str]


class Columns:
    """The columns from here on: name → SQL."""

    config_type: ClassVar[type[PluginConfig]] = ColumnsConfig

    def __init__(self, config: ColumnsConfig) -> None:
        self._columns = config.columns

    def operations(self, schema: pa.Schema) -> tuple[Operation, ...]:
        return (Project(tuple(Output(name, Sql(sql)) for name, sql in self._columns.items())),)


class FirstConfig(PluginConfig):
    key: tuple[str, ...]
    by: str


class First:
    """One row per key, the first by `by`."""

    config_type: ClassVar[type[PluginConfig]] = FirstConfig

    def __init__(self, config: FirstConfig) -> None:
        self._config = config

    def operations(self, schema: pa.Schema) -> tuple[Operation, ...]:
        return (Distinct(self._config.key, ((Sql(self._config.by), "asc"),)),)


class BatchConfig(PluginConfig):
    do: str = "pass"


class Batch:
    """`do`: `pass`, `double` (n), `fail`, `panic`, or break the contract by `drop`, `rename`, `retype`."""

    config_type: ClassVar[type[PluginConfig]] = BatchConfig

    def __init__(self, config: BatchConfig) -> None:
        self._do = config.do

    def output_schema(self, schema: pa.Schema) -> pa.Schema:
        return schema

    def process(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        match self._do:
            case "double":
                at = batch.schema.get_field_index("n")
                doubled = pa.array([None if n is None else n * 2 for n in batch.column(at).to_pylist()], pa.int64())
                return batch.set_column(at, batch.schema.field(at), doubled)
            case "drop":
                return batch.slice(1)
            case "rename":
                return batch.rename_columns([f"{name}_" for name in batch.schema.names])
            case "retype":
                return batch.set_column(0, "id", batch.column(0).cast(pa.string()))
            case "fail":
                raise DataError("this batch cannot be processed", code="data.test")
            case "panic":
                raise Panic("the library gave up")
            case _:
                return batch


class Panic(BaseException):
    """What a Rust library raises through its Python binding: no Exception."""
