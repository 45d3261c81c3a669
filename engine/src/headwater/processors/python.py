"""python: a function of the user's own, from a file of the project or an installed package, applied to each batch.

The function gets a `pyarrow.RecordBatch` and gives one. Promises: its output has the declared columns and types and as
many rows as its input, or the run ends and says what is wrong. Describing the output reads the file's text, and runs
nothing of it; the code is loaded with the first batch.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import pyarrow as pa
from pydantic import ConfigDict, Field, JsonValue, model_validator

from headwater.sdk.config import PluginConfig, ProjectPath, Shown, TypeName, example
from headwater.sdk.errors import ConfigError, DataError, HeadwaterError, UnknownColumn
from headwater.toolkit.arrow_types import conform, normalise_schema, parse_field, type_name
from headwater.toolkit.user_function import UserFunction, load_function, look_for_function


class PythonConfig(PluginConfig):
    """Apply a function of your own to each batch of rows."""

    model_config = ConfigDict(
        json_schema_extra=example(
            {"function": "tidy", "file": "steps/tidy.py"},
            {"function": "shop_rules.orders:score", "columns": {"*": "same", "score": "float64"}},
        )
    )

    function: str = Field(
        min_length=1,
        pattern=r"^([A-Za-z_][\w.]*:)?[A-Za-z_]\w*$",
        title="Function",
        description="A function RecordBatch → RecordBatch: its name in the file, or `module:function` of an installed "
        "package.",
        examples=["tidy", "shop_rules.orders:tidy"],
    )
    file: ProjectPath | None = Field(
        default=None,
        title="File",
        description="The Python file that holds the function; a relative path starts at the project file.",
        examples=["steps/tidy.py"],
    )
    columns: (
        Annotated[Literal["same"], Shown(title="The same")] | Annotated[dict[str, TypeName], Shown(title="These")]
    ) = Field(
        default="same",
        title="Columns it gives",
        description="`same`: those it gets. Else all columns in order, name → type; the type `same` is that of the "
        "input, and `*: same` stands for all columns of the input that are not named.",
        examples=["same", {"*": "same", "score": "float64"}],
    )
    arguments: dict[str, JsonValue] = Field(
        default_factory=dict,
        title="Arguments",
        description="Given to the function by name with every batch.",
        examples=[{"threshold": 0.8}],
    )

    @model_validator(mode="after")
    def _one_place(self) -> PythonConfig:
        if (self.file is None) == (":" not in self.function):
            raise ValueError("give a file and the name of a function in it, or `module:function` without a file")
        return self


class Python:
    config_type: ClassVar[type[PluginConfig]] = PythonConfig

    def __init__(self, config: PythonConfig) -> None:
        self._config = config
        self._lock = threading.Lock()
        self._is_known = False
        self._loaded: UserFunction | None = None

    def output_schema(self, schema: pa.Schema) -> pa.Schema:
        with self._lock:
            if not self._is_known:
                look_for_function(self._config.function, file=self._config.file, place="python")
                self._is_known = True
        if self._config.columns == "same":
            return normalise_schema(schema)
        return pa.schema(_fields(self._config.columns, schema))

    def process(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        given = self._called(batch)
        return _held_to(given, self.output_schema(batch.schema), batch.num_rows, self._label)

    @property
    def _label(self) -> str:
        config = self._config
        return f"{Path(config.file).name}:{config.function}" if config.file else config.function

    def _called(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        with self._lock:
            if self._loaded is None:
                loaded = load_function(self._config.function, file=self._config.file, place="python")
                self._loaded = partial(loaded, **self._config.arguments)
            function = self._loaded
        try:
            return function(batch)
        except HeadwaterError:
            raise
        except Exception as cause:
            frames = traceback.extract_tb(cause.__traceback__)
            where = f", line {frames[-1].lineno} of {Path(frames[-1].filename).name}" if frames else ""
            raise ConfigError(
                f"python.function: {self._label} raised {type(cause).__name__}{where}: {str(cause)[:300]}",
                hint="correct the function; a row it cannot take is best sent aside by `quality` before",
                code="config.function_failed",
            ) from cause


def _fields(columns: Mapping[str, str], schema: pa.Schema) -> list[pa.Field]:
    known = {field.name: field for field in normalise_schema(schema)}
    fields: list[pa.Field] = []
    for name, text in columns.items():
        if name == "*" and text == "same":
            fields += [field for other, field in known.items() if other not in columns]
        elif text == "same":
            if name not in known:
                raise UnknownColumn(name, schema.names, place="python.columns")
            fields.append(known[name])
        else:
            try:
                fields.append(parse_field(name, text))
            except ConfigError as error:
                place = f"python.columns.{name}"
                raise ConfigError(f"{place}: {error.message}", hint=error.hint, code=error.public_code) from error
    if not fields:
        raise ConfigError(
            "python.columns: no column is declared", hint="`same`, or name → type", code="config.no_columns"
        )
    return fields


def _held_to(given: pa.RecordBatch, declared: pa.Schema, rows: int, label: str) -> pa.RecordBatch:
    """The batch in the declared schema. Raises ConfigError when the function gave something else."""
    if not isinstance(given, pa.RecordBatch):
        raise _broken(label, f"gave a {type(given).__name__}, not a pyarrow.RecordBatch")
    if given.num_rows != rows:
        raise _broken(label, f"gave {given.num_rows} rows for {rows}")
    if sorted(given.schema.names) != sorted(declared.names):
        missing = [name for name in declared.names if name not in given.schema.names]
        beyond = [name for name in given.schema.names if name not in declared.names]
        what = f"lacks {missing}" if missing else f"has {beyond}" if beyond else "has a column twice"
        raise _broken(label, f"gave columns that were not declared so: the batch {what}")
    columns: list[pa.Array] = []
    for field in declared:
        column = given.column(field.name)
        try:
            columns.append(conform(column, field))
        except DataError as cause:
            what = f"gave {column.type} for column {field.name!r}, declared as {type_name(field.type)}"
            raise _broken(label, f"{what}, and a value does not fit") from cause
    return pa.RecordBatch.from_arrays(columns, schema=declared)


def _broken(label: str, what: str) -> ConfigError:
    return ConfigError(
        f"python.function: {label} {what}",
        hint="it must give as many rows as it gets, in their order, with the columns declared under `columns`",
        code="config.function_broke_promise",
    )
