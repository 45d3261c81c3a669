"""schema: hold a stream to a contract: its columns, their types and values, its primary key.

Promises: what the contract says is checked for every row or is an error before the run; a row that breaks it leaves
once, with everything it broke, as it came; one that does not goes on with the types of the contract, cast exactly as
`cast` does. Columns keep the order of the stream; missing ones follow at its end. Only `unique` and a primary key make
rows wait.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

import pyarrow as pa
from pydantic import ConfigDict, Field, PrivateAttr, model_validator

from headwater.sdk.config import ColumnName, PluginConfig, ProjectPath, Shown, example
from headwater.sdk.errors import ConfigError, UnknownColumn
from headwater.sdk.processor import Expression, Keep, Operation, Output, Project, Reject, Rule, Severity
from headwater.toolkit.contract.model import Contract, UnknownColumns
from headwater.toolkit.contract.read import read_contract
from headwater.toolkit.expressions import build
from headwater.toolkit.expressions.checked import CheckedExpression
from headwater.toolkit.expressions.windows import Repeated
from headwater.toolkit.rules.checked_fields import wrong
from headwater.toolkit.rules.column import (
    ON_VIOLATION_MEANS,
    Check,
    ColumnSpec,
    OnViolation,
    Policy,
    checks_of,
    misplaced,
    value_of,
)
from headwater.toolkit.rules.column_type import ColumnValue, type_of
from headwater.toolkit.rules.conditions import not_true, null_where

_SEVERITIES: dict[OnViolation, Severity] = {
    "reject": "reject",
    "fail": "fail",
    "keep": "warn",
    "null": "warn",
    "drop": "warn",
}


class SchemaConfig(PluginConfig):
    """Hold a stream to a contract: columns, types, values, primary key."""

    model_config = ConfigDict(
        json_schema_extra=example(
            {"columns": {"id": {"type": "int64", "nullable": False}, "amount": "decimal(12,2)"}, "primary_key": ["id"]},
        )
    )

    columns: dict[ColumnName, Annotated[str, Shown(title="Type only", format="type")] | ColumnSpec] = Field(
        default_factory=dict,
        title="Columns",
        description="Name → type, or → what the column should be like. A column of the contract file may be told anew.",
        examples=[{"id": {"type": "int64", "nullable": False}, "amount": "decimal(12,2)"}],
    )
    primary_key: tuple[ColumnName, ...] = Field(
        default=(),
        title="Primary key",
        description="Columns that are never empty and, together, different in every row. Rows wait until the last one "
        "has come; rows that share a key are all rejected.",
        examples=[["id"]],
    )
    contract: ProjectPath | None = Field(
        default=None,
        title="Contract file",
        description="A JSON Schema of an object, an ODCS 3 contract, or a file with `columns` as here.",
        examples=["contracts/orders.yaml"],
    )
    table: str | None = Field(
        default=None,
        title="Table of the contract",
        description="Which one, when the contract file describes several.",
        examples=["orders"],
    )
    unknown: UnknownColumns | None = Field(
        default=None,
        title="Columns the contract does not know",
        description="`keep` lets them pass, `drop` leaves them out, `reject` leaves them out and rejects rows with a "
        "value there, `fail` ends the run before it begins. Default: what the contract file says, else keep.",
    )
    missing: Literal["fail", "null"] = Field(
        default="fail",
        title="Columns the stream does not have",
        description="`fail` ends the run before it begins, `null` adds them, empty.",
    )
    on_violation: Policy = Field(
        default="reject",
        title="When a row breaks the contract",
        description=f"{ON_VIOLATION_MEANS} Where a value is missing or not unique there is nothing to replace or to "
        "leave out alone: `null` and `drop` reject such rows.",
    )

    _contract: Contract = PrivateAttr(default_factory=Contract)

    @model_validator(mode="after")
    def _something_to_check(self) -> SchemaConfig:
        if self.contract is None and self.table is not None:
            raise wrong("`table` belongs to a contract file", "name the file in `contract`")
        if self.contract is None and not self.columns and not self.primary_key:
            raise wrong("nothing to check", "name columns, or a contract file")
        return self

    @model_validator(mode="after")
    def _read_contract(self) -> SchemaConfig:
        found = Contract() if self.contract is None else self._from_file(self.contract)
        own = {name: ColumnSpec(type=it) if isinstance(it, str) else it for name, it in self.columns.items()}
        self._contract = Contract(
            columns={**found.columns, **own},
            primary_key=self.primary_key or found.primary_key,
            unknown=self.unknown or found.unknown,
        )
        return self

    def _from_file(self, path: str) -> Contract:
        try:
            return read_contract(path, self.table)
        except ConfigError as error:
            raise wrong(error.message, error.hint) from None

    @property
    def agreed(self) -> Contract:
        """The contract file's columns and those written here, as one."""
        return self._contract


@dataclass(slots=True)
class _Made:
    """What becomes of the columns, in the making."""

    outputs: list[Output] = field(default_factory=list[Output])
    rules: list[Rule] = field(default_factory=list[Rule])
    dropping: list[CheckedExpression] = field(default_factory=list[CheckedExpression])
    is_changed: bool = False


class SchemaValidation:
    config_type: ClassVar[type[PluginConfig]] = SchemaConfig

    def __init__(self, config: SchemaConfig) -> None:
        self._config = config
        self._contract = config.agreed

    def operations(self, schema: pa.Schema) -> tuple[Operation, ...]:
        self._require_columns(schema)
        made, values = _Made(), dict[str, CheckedExpression]()
        for name in schema.names:
            if name in self._contract.columns:
                values[name] = self._declared(name, schema, made)
            else:
                values[name] = self._unknown(name, schema, made)
        self._missing(schema, made)
        made.rules += self._key_rules(values)
        return (
            *([Reject(tuple(made.rules))] if made.rules else []),
            *([Keep(not_true(build.any_of(made.dropping)))] if made.dropping else []),
            *([Project(tuple(made.outputs))] if made.is_changed else []),
        )

    def _require_columns(self, schema: pa.Schema) -> None:
        contract = self._contract
        absent = [name for name in contract.columns if name not in schema.names]
        if absent and self._config.missing == "fail":
            raise UnknownColumn(absent[0], schema.names, place="schema.columns")
        for name in absent:
            if not contract.columns[name].nullable or name in contract.primary_key:
                raise ConfigError(
                    f"schema.columns.{name}: the stream does not have it, and it may not be empty",
                    hint="`missing: null` is for columns that may be empty",
                    code="config.missing_column",
                )
        for name in contract.primary_key:
            if name not in schema.names:
                raise UnknownColumn(name, schema.names, place="schema.primary_key")
        more = [name for name in schema.names if name not in contract.columns]
        if more and contract.unknown == "fail":
            raise ConfigError(
                f"schema: the contract does not know the column(s) {', '.join(more)}",
                hint="describe them, or let `unknown` keep, drop or reject them",
                code="config.unexpected_column",
            )

    def _declared(self, name: str, schema: pa.Schema, made: _Made) -> CheckedExpression:
        spec = self._contract.columns[name]
        try:
            found = value_of(name, spec, schema)
            checks = checks_of(name, spec, found)
        except ConfigError as error:
            raise misplaced(name, error) from error
        policy = spec.on_violation or self._config.on_violation
        value = self._judged(name, found, checks, policy, made)
        if spec.unique:
            made.rules.append(_unique(f"schema:{name}:unique", name, (found.value,), policy))
        made.outputs.append(Output(name, value, value.type if value != found.raw else None))
        made.is_changed |= value != found.raw
        return found.value

    def _judged(
        self, name: str, found: ColumnValue, checks: list[Check], policy: OnViolation, made: _Made
    ) -> CheckedExpression:
        """Adds the rules of a column; gives the value that goes on."""
        replaced: list[CheckedExpression] = []
        for check in checks:
            lacks = check.aspect == "not_null" and policy == "null"
            severity = "reject" if lacks else _SEVERITIES[policy]
            made.rules.append(_rule(name, check, severity))
            if policy == "drop":
                made.dropping.append(check.broken)
            elif policy == "null" and not check.of_type and not lacks:
                replaced.append(check.broken)
        return null_where(build.any_of(replaced), found.value) if replaced else found.value

    def _unknown(self, name: str, schema: pa.Schema, made: _Made) -> CheckedExpression:
        value = build.column(schema, name, place="schema")
        policy = self._contract.unknown
        if policy == "keep":
            made.outputs.append(Output(name, value))
            return value
        made.is_changed = True
        if policy == "reject":
            message = f"{name} has a value, and the contract does not know this column"
            made.rules.append(Rule(f"schema:{name}:unknown", name, build.is_not_null(value), message))
        return value

    def _missing(self, schema: pa.Schema, made: _Made) -> None:
        for name, spec in self._contract.columns.items():
            if name not in schema.names:
                data_type = type_of(spec.type or "string", pa.null())
                made.outputs.append(Output(name, build.literal(None, data_type), data_type))
                made.is_changed = True

    def _key_rules(self, values: dict[str, CheckedExpression]) -> list[Rule]:
        key = self._contract.primary_key
        if not key:
            return []
        policy = self._config.on_violation
        severity = "reject" if policy in ("null", "drop") else _SEVERITIES[policy]
        known = [name for name in key if name in self._contract.columns and not self._contract.columns[name].nullable]
        empty = [
            Rule(
                f"schema:{name}:key",
                name,
                build.is_null(values[name]),
                f"{name} is empty, and belongs to the key",
                severity,
            )
            for name in key
            if name not in known
        ]
        same = _unique("schema:primary_key", key[0] if len(key) == 1 else None, tuple(values[n] for n in key), policy)
        return [*empty, same]


def _rule(name: str, check: Check, severity: Severity) -> Rule:
    return Rule(f"schema:{name}:{check.aspect}", name, check.broken, check.message, severity)


def _unique(rule: str, column: str | None, key: tuple[Expression, ...], policy: OnViolation) -> Rule:
    severity = "reject" if policy in ("null", "drop") else _SEVERITIES[policy]
    message = f"another row has the same {column or 'key'}"
    return Rule(rule, column, Repeated(key), message, severity)
