"""The methods that are no SQL: a column of a batch at a time, each distinct value once where it can be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pyarrow as pa

from headwater.sdk.errors import ConfigError
from headwater.toolkit.arrow_types import type_name
from headwater.toolkit.expressions.kinds import kind_of
from headwater.toolkit.privacy.encrypting import Seals
from headwater.toolkit.privacy.fake.invent import Fakes
from headwater.toolkit.privacy.methods import AnyMethod, Encrypt, Fake, Noise, Tokenize
from headwater.toolkit.privacy.noising import Noises
from headwater.toolkit.privacy.tokenizing import Tokens

BY_BATCH = (Tokenize, Fake, Noise, Encrypt)


@dataclass(frozen=True, slots=True)
class Change:
    """`field` is the column afterwards."""

    field: pa.Field
    of: Callable[[pa.Array, pa.RecordBatch], pa.Array]


def changes(schema: pa.Schema, methods: Mapping[str, AnyMethod], *, place: str) -> dict[str, Change]:
    """By column. Raises ConfigError for a type that a method does not take."""
    return {
        name: _change(schema.field(name), method, schema, f"{place}.{name}")
        for name, method in methods.items()
        if isinstance(method, BY_BATCH)
    }


def _change(field: pa.Field, method: Tokenize | Fake | Noise | Encrypt, schema: pa.Schema, place: str) -> Change:
    text = pa.field(field.name, pa.string())
    if isinstance(method, Noise):
        noises = Noises(method, field, schema, place=place)
        return Change(pa.field(field.name, field.type), noises.of_column)
    if isinstance(method, Tokenize):
        tokens = Tokens(method, place=place)
        return Change(text, lambda column, _: tokens.of_column(column))
    if kind_of(field.type) in ("list", "struct", "other"):
        raise ConfigError(
            f"{place}: {method.method} takes one value, and this is {type_name(field.type)}",
            hint="take its parts out first, with `flatten` or `derive`, or use `nullify`",
            code="config.unsupported_type",
        )
    if isinstance(method, Fake):
        fakes = Fakes(method)
        return Change(text, lambda column, _: fakes.of_column(column))
    seals = Seals(method)
    return Change(text, lambda column, _: seals.of_column(column))


def changed(batch: pa.RecordBatch, by: Mapping[str, Change]) -> pa.RecordBatch:
    fields = [by[field.name].field if field.name in by else field for field in batch.schema]
    columns = [
        by[field.name].of(column, batch) if field.name in by else column
        for field, column in zip(batch.schema, batch.columns, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=pa.schema(fields))
