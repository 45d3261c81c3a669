"""Staged rows read back, in the load's schema, by the code that reads a source."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal

import psycopg
import pyarrow as pa

from headwater.connectors.postgres.catalog import PgTable, find_table
from headwater.connectors.postgres.connect import Connections
from headwater.connectors.postgres.decode import decode_csv
from headwater.connectors.postgres.errors import Place, statement_error
from headwater.connectors.postgres.quoting import name
from headwater.connectors.postgres.read_copy import copy_bytes
from headwater.connectors.postgres.select import text
from headwater.connectors.postgres.stage import Stage, of_receipts
from headwater.connectors.postgres.target_types import is_nested
from headwater.connectors.postgres.types import PgColumn, arrow_field
from headwater.sdk.destination import Receipt
from headwater.sdk.stream import Json
from headwater.toolkit.arrow_types import conform


def readback(
    connections: Connections, stage: Stage, schema: pa.Schema, receipts: Sequence[Receipt], place: Place
) -> pa.RecordBatchReader:
    """A column of the load that the table does not take comes back as NULL."""
    connection = connections.take()
    try:
        table = find_table(connection, stage.schema, stage.name)
    except psycopg.Error as error:
        raise statement_error(error, place) from error
    finally:
        connections.give(connection)
    return pa.RecordBatchReader.from_batches(schema, _batches(connections, stage, table, schema, receipts, place))


def _batches(
    connections: Connections,
    stage: Stage,
    table: PgTable | None,
    schema: pa.Schema,
    receipts: Sequence[Receipt],
    place: Place,
) -> Iterator[pa.RecordBatch]:
    staged = {column.name: column for column in table.columns} if table else {}
    columns = [staged[field.name] for field in schema if field.name in staged]
    chosen = ", ".join(text(column, policy="null", label="''") for column in columns)
    query = f"SELECT {chosen} FROM {name(stage.schema)}.{name(stage.name)} WHERE {of_receipts(receipts)}"
    read_as = pa.schema([arrow_field(column) for column in columns])
    chunks = copy_bytes(connections, query, options="FORMAT csv", snapshot=None, place=place, statement_timeout_s=0)
    for chunk in chunks:
        batch = decode_csv(chunk, read_as, place=str(place))
        arrays = [_as_loaded(batch, columns, field) for field in schema]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _as_loaded(batch: pa.RecordBatch, columns: Sequence[PgColumn], field: pa.Field) -> pa.Array:
    place = next((at for at, column in enumerate(columns) if column.name == field.name), None)
    if place is None:
        return pa.nulls(batch.num_rows, field.type)
    array = batch.column(place)
    if is_nested(field.type):
        values = [None if item is None else _value(json.loads(item), field.type) for item in array.to_pylist()]
        return pa.array(values, field.type)
    return conform(array, field)


def _value(value: Json, data_type: pa.DataType) -> object:
    """A JSON value as Python's value of an Arrow type: the way back from `binary_values.json_text`."""
    is_ = pa.types
    if value is None:
        return None
    if is_.is_struct(data_type) and isinstance(value, dict):
        return {field.name: _value(value.get(field.name), field.type) for field in data_type}
    if is_.is_list(data_type) and isinstance(value, list):
        return [_value(item, data_type.value_type) for item in value]
    if not isinstance(value, str) or is_.is_string(data_type):
        return value
    if is_.is_decimal(data_type):
        return Decimal(value)
    if is_.is_timestamp(data_type):
        return datetime.fromisoformat(value)
    if is_.is_date(data_type):
        return date.fromisoformat(value)
    if is_.is_time(data_type):
        return time.fromisoformat(value)
    return value
