"""sql: make a new stream by a query over one or several streams.

Promises: the streams it reads go on unchanged; the query sees each of them whole, as it stands at this step; it can
read nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import pyarrow as pa
from pydantic import ConfigDict, Field

from headwater.sdk.config import PluginConfig, SqlText, example
from headwater.sdk.errors import ConfigError
from headwater.sdk.processor import NewStream
from headwater.toolkit.expressions.query import parse_query


class SqlConfig(PluginConfig):
    """Make a new stream by a query over one or several streams."""

    model_config = ConfigDict(
        json_schema_extra=example(
            {
                "stream": "orders_by_country",
                "query": "SELECT country, count(*) AS orders FROM orders GROUP BY country",
                "primary_key": ["country"],
            }
        )
    )

    stream: str = Field(
        min_length=1,
        title="New stream",
        description="Name of the stream that the query makes.",
        examples=["orders_by_country"],
    )
    query: SqlText = Field(
        min_length=1,
        title="Query",
        description="One SELECT whose tables are streams, by their names; a name with a point goes in double quotes, "
        'or as it is: "public.orders", public.orders.',
        examples=["SELECT country, count(*) AS orders FROM orders JOIN customers USING (customer_id) GROUP BY country"],
    )
    primary_key: tuple[str, ...] = Field(
        default=(),
        title="Primary key",
        description="Columns that identify a row of the new stream; merging destinations use them.",
        examples=[["country"]],
    )
    portable: bool = Field(
        default=True,
        title="Same on every engine",
        description="False takes every function and syntax of DuckDB; the stream then needs the local engine.",
    )


class Sql:
    config_type: ClassVar[type[PluginConfig]] = SqlConfig

    def __init__(self, config: SqlConfig) -> None:
        self._config = config

    def new_streams(self, schemas: Mapping[str, pa.Schema]) -> tuple[NewStream, ...]:
        config = self._config
        query = parse_query(config.query, schemas, place="sql.query", portable=config.portable)
        if not query.inputs:
            raise ConfigError(
                "sql.query: the query reads no stream",
                hint=f"streams here: {', '.join(sorted(schemas)[:20]) or 'none'}",
                code="config.invalid_query",
            )
        notes = () if config.portable else ("portable: false: the query runs on the local engine alone",)
        return (NewStream(config.stream, query.inputs, query, config.primary_key, notes),)
