"""filter: keep the rows for which a condition is true.

Promises: rows for which it is false or NULL are counted as filtered; columns stay as they are. What a source can check
of the condition it checks itself. A row for which the condition cannot be computed is not filtered in silence.
"""

from __future__ import annotations

from typing import ClassVar

import pyarrow as pa
from pydantic import ConfigDict, Field

from headwater.sdk.config import PluginConfig, SqlText, example
from headwater.sdk.processor import Keep, Operation
from headwater.toolkit.expressions.at_fault import ON_ERROR_MEANS, OnError, rejecting, rule_for
from headwater.toolkit.expressions.parse import parse_condition


class FilterConfig(PluginConfig):
    """Keep the rows for which a condition is true."""

    model_config = ConfigDict(json_schema_extra=example({"where": "status <> 'cancelled' AND amount > 0"}))

    where: SqlText = Field(
        min_length=1,
        title="Keep rows where",
        description="A condition in SQL over the columns; rows for which it is true go on.",
        examples=["status <> 'cancelled' AND amount > 0", "created_at >= '2024-01-01'"],
    )
    on_error: OnError = Field(
        default="reject",
        title="When the condition cannot be computed",
        description=f"For example a CAST of a text that is no number. {ON_ERROR_MEANS} With NULL the row is filtered.",
    )


class Filter:
    config_type: ClassVar[type[PluginConfig]] = FilterConfig

    def __init__(self, config: FilterConfig) -> None:
        self._config = config

    def operations(self, schema: pa.Schema) -> tuple[Operation, ...]:
        condition = parse_condition(self._config.where, columns=schema, place="filter.where")
        rule = rule_for(
            condition,
            self._config.on_error,
            rule="filter:where",
            column=None,
            message="the condition cannot be computed: an operation in it has no result",
        )
        return (*rejecting([rule]), Keep(condition))
