"""flatten: structs to columns, JSON texts to columns that are declared, lists to streams of their own.

Promises: rows of the stream stay; a struct's columns stand where it stood. A list makes one row per item in a child
stream, with the key of its parent, so that nothing is repeated in the parent; child streams are made of the stream as
it stands before this step. NULL and empty lists have no rows there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Annotated, ClassVar

import pyarrow as pa
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from headwater.sdk.config import ColumnName, PluginConfig, Shown, TypeName, example
from headwater.sdk.errors import ConfigError, UnknownColumn
from headwater.sdk.processor import NewStream, Operation, Output, Project, Rule
from headwater.toolkit.arrow_types import parse_type, type_name
from headwater.toolkit.expressions import build
from headwater.toolkit.expressions.at_fault import ON_ERROR_MEANS, OnError, rejecting, rule_for
from headwater.toolkit.expressions.checked import CheckedExpression
from headwater.toolkit.expressions.items import ItemColumns, struct_leaves

_PLACEHOLDERS = ("{stream}", "{column}")


def _pairs(value: object) -> object:
    """A name, or a list of names: each stands for itself."""
    names = [value] if isinstance(value, str) else value
    return {name: name for name in names} if isinstance(names, list | tuple) else value


def _template(value: str) -> str:
    rest = value
    for placeholder in _PLACEHOLDERS:
        rest = rest.replace(placeholder, "")
    if "{" in rest or "}" in rest:
        raise ValueError("a name may hold {stream} and {column}, and no other braces")
    return value


class JsonColumn(BaseModel):
    """A value in a JSON text, and the type it gets."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str = Field(
        min_length=1, title="Path", description="Where the value stands.", examples=["$.address.city", "$.lines[0].sku"]
    )
    type: TypeName = Field(
        default="string",
        title="Type",
        description="What the value is cast to.",
        examples=["string", "decimal(12,2)", "timestamp"],
    )


def _path(value: object) -> object:
    return {"path": value} if isinstance(value, str) else value


class ListSpec(BaseModel):
    """The child stream that the items of a list make."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: Annotated[dict[ColumnName, str], BeforeValidator(_pairs)] = Field(
        min_length=1,
        title="Parent's key",
        description="Columns of the parent that every item gets: column → name there. A list keeps the names.",
        examples=[{"id": "order_id"}, ["order_id"]],
    )
    stream: Annotated[str, AfterValidator(_template)] = Field(
        default="{stream}__{column}",
        min_length=1,
        title="Child stream",
        description="Name of the stream that the items make, with {stream} and {column}.",
        examples=["order_items"],
    )
    index: bool | Annotated[str, Shown(title="Name of the column")] = Field(
        default=True,
        title="Position",
        description="A column with the item's position, from 1: true calls it `position`, a text names it.",
        examples=[True, "line_number"],
    )
    keep: bool = Field(default=False, title="Keep the list", description="Leave the list in the parent as well.")

    @property
    def index_name(self) -> str | None:
        return self.index if isinstance(self.index, str) else "position" if self.index else None


class FlattenConfig(PluginConfig):
    """Turn structs and JSON into columns, and lists into streams of their own."""

    model_config = ConfigDict(
        json_schema_extra=example(
            {"columns": ["address"], "lists": {"items": {"stream": "order_items", "key": {"id": "order_id"}}}}
        )
    )

    columns: tuple[ColumnName, ...] = Field(
        default=("*",),
        title="Struct columns",
        description="Names or globs of struct columns to turn into columns. Other columns that a glob meets stay.",
        examples=[["address", "customer_*"]],
    )
    exclude: tuple[ColumnName, ...] = Field(
        default=(), title="Exclude", description="Names or globs of columns to leave as they are.", examples=[["raw_*"]]
    )
    separator: str = Field(
        default="__",
        title="Separator",
        description="What stands between the names: `address__city`.",
        examples=["_", "."],
    )
    depth: int | None = Field(
        default=None,
        ge=1,
        title="Levels",
        description="How many levels of structs are opened. Default: all.",
        examples=[1],
    )
    json_: dict[ColumnName, dict[str, Annotated[JsonColumn, BeforeValidator(_path)]]] = Field(
        default_factory=dict,
        alias="json",
        title="JSON columns",
        description="Text column that holds JSON → new column → path, or `{path, type}`.",
        examples=[{"payload": {"city": "$.address.city", "total": {"path": "$.total", "type": "decimal(12,2)"}}}],
    )
    drop_json: bool = Field(default=False, title="Drop the JSON", description="Leave out the JSON columns themselves.")
    lists: dict[ColumnName, ListSpec] = Field(
        default_factory=dict,
        title="Lists",
        description="List column → the child stream its items make.",
        examples=[{"items": {"stream": "order_items", "key": {"id": "order_id"}}}],
    )
    on_error: OnError = Field(
        default="reject",
        title="When JSON cannot be read",
        description=f"A text is no JSON, or a value in it is not of its type. {ON_ERROR_MEANS}",
    )


class Flatten:
    config_type: ClassVar[type[PluginConfig]] = FlattenConfig

    def __init__(self, config: FlattenConfig) -> None:
        self._config = config

    def operations(self, schema: pa.Schema) -> tuple[Operation, ...]:
        config = self._config
        opened = self._opened(schema)
        outputs: list[Output] = []
        for name in schema.names:
            value = build.column(schema, name, place="flatten")
            if name in config.lists and not config.lists[name].keep:
                continue
            if name in opened:
                leaves = struct_leaves(value, name, config.separator, config.depth)
                outputs += [Output(leaf, inner) for leaf, inner in leaves]
            elif name not in config.json_ or not config.drop_json:
                outputs.append(Output(name, value))
        rules: list[Rule | None] = []
        for column, wanted in config.json_.items():
            text = self._json_text(schema, column)
            rules.append(self._validity(column, text))
            for name, spec in wanted.items():
                expression = _from_json(text, spec, f"flatten.json.{column}.{name}")
                outputs.append(Output(name, expression, expression.type))
                message = f"{name}: what stands at {spec.path} of {column} is not of the type {spec.type}"
                rules.append(
                    rule_for(expression, config.on_error, rule=f"flatten:{name}", column=column, message=message)
                )
        _refuse_twins([output.name for output in outputs])
        return (*rejecting(rules), Project(tuple(outputs)))

    def new_streams(self, schemas: Mapping[str, pa.Schema]) -> tuple[NewStream, ...]:
        return tuple(
            self._child(stream, schema, column) for stream, schema in schemas.items() for column in self._config.lists
        )

    def _child(self, stream: str, schema: pa.Schema, column: str) -> NewStream:
        spec, place = self._config.lists[column], f"flatten.lists.{column}"
        build.column(schema, column, place="flatten.lists")
        data_type = schema.field(column).type
        if not pa.types.is_list(data_type):
            raise ConfigError(
                f"{place}: {column!r} is {type_name(data_type)}, no list",
                hint=f"lists here: {', '.join(_lists(schema)) or 'none'}",
                code="config.invalid_type",
            )
        for name in spec.key:
            build.column(schema, name, place=f"{place}.key")
        index = spec.index_name
        item = ItemColumns(stream, column, spec.key, index, data_type.value_type, self._config.separator)
        if twice := [name for name in item.names if item.names.count(name) > 1]:
            raise ConfigError(
                f"{place}: the child stream would have two columns named {twice[0]!r}",
                hint=f"give the parent's key another name there, like key: {{{next(iter(spec.key))}: parent_id}}",
                code="config.duplicate_column",
            )
        name = spec.stream.replace("{stream}", stream).replace("{column}", column)
        identity = (*spec.key.values(), index) if index else ()
        return NewStream(name, (stream,), item, identity)

    def _opened(self, schema: pa.Schema) -> set[str]:
        """The struct columns that become columns."""
        structs = [field.name for field in schema if pa.types.is_struct(field.type) and field.type.num_fields]
        excluded = {name for pattern in self._config.exclude for name in _matched(pattern, schema.names, "exclude")}
        found: set[str] = set()
        for pattern in self._config.columns:
            matched = set(_matched(pattern, schema.names, "columns"))
            if pattern in schema.names and pattern not in structs:
                raise ConfigError(
                    f"flatten.columns: {pattern!r} is {type_name(schema.field(pattern).type)}, no struct",
                    hint="JSON texts go under `json`, lists under `lists`",
                    code="config.invalid_type",
                )
            found |= matched & set(structs)
        return found - excluded

    def _json_text(self, schema: pa.Schema, column: str) -> CheckedExpression:
        text = build.column(schema, column, place="flatten.json")
        if not pa.types.is_string(text.type):
            raise ConfigError(
                f"flatten.json: {column!r} is {type_name(text.type)}, no text",
                hint="structs go under `columns`, lists under `lists`",
                code="config.invalid_type",
            )
        return text

    def _validity(self, column: str, text: CheckedExpression) -> Rule | None:
        if self._config.on_error == "null":
            return None
        broken = build.negate(build.call("json_valid", text))
        severity = "fail" if self._config.on_error == "fail" else "reject"
        return Rule(f"flatten:{column}", column, broken, f"{column} is no JSON", severity)


def _matched(pattern: str, names: list[str], key: str) -> Iterator[str]:
    if pattern in names:
        return iter((pattern,))
    found = [name for name in names if fnmatchcase(name, pattern)]
    if not found and not any(sign in pattern for sign in "*?["):
        raise UnknownColumn(pattern, names, place=f"flatten.{key}")
    return iter(found)


def _from_json(text: CheckedExpression, spec: JsonColumn, place: str) -> CheckedExpression:
    try:
        found = build.call("json_extract_string", text, build.literal(spec.path))
        return build.cast(found, parse_type(spec.type))
    except ConfigError as error:
        raise ConfigError(f"{place}: {error.message}", hint=error.hint, code=error.public_code) from error


def _lists(schema: pa.Schema) -> list[str]:
    return [field.name for field in schema if pa.types.is_list(field.type)]


def _refuse_twins(names: list[str]) -> None:
    if not names:
        raise ConfigError("flatten: no column is left", hint="keep a list: `keep: true`", code="config.no_columns")
    lowered = [name.lower() for name in names]
    if twice := [name for name in names if lowered.count(name.lower()) > 1]:
        raise ConfigError(
            f"flatten: two columns would be named {twice[0]!r}",
            hint="choose another separator or name, or rename the column with `select` before",
            code="config.duplicate_column",
        )
