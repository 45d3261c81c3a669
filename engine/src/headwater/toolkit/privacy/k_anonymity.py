"""k-anonymity: in how small a group of rows that look alike does somebody stand?

Source: Samarati and Sweeney, "Protecting privacy when disclosing information" (1998): a table is k-anonymous when every
combination of its quasi-identifiers stands in at least k rows. NULL is a value here like any other.
"""

from __future__ import annotations

from typing import Literal

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field

from headwater.sdk.config import ColumnName
from headwater.sdk.errors import ConfigError
from headwater.sdk.processor import SetRule
from headwater.toolkit.expressions.build import column
from headwater.toolkit.expressions.checked import CheckedExpression
from headwater.toolkit.expressions.kinds import INT64
from headwater.toolkit.expressions.nodes import Call, Form, Node

_SMALLEST = "least(s.least, s.n)"
_START = "named_struct('k', CAST(NULL AS STRING), 'n', 0L, 'least', 9223372036854775807L, 'few', 0L)"


class KAnonymity(BaseModel):
    """Report the smallest group of rows that agree in these columns."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="k-anonymity")

    columns: tuple[ColumnName, ...] = Field(
        min_length=1,
        title="Columns",
        description="Columns that together may point at one person, as they stand after this step.",
        examples=[["birth_date", "postcode", "gender"]],
    )
    k: int = Field(default=5, ge=2, title="k", description="The least number of rows that should look alike.")
    severity: Literal["warn", "fail"] = Field(
        default="warn",
        title="When a group is smaller",
        description="`warn` says so in the report, `fail` publishes nothing.",
    )


def k_rules(config: KAnonymity, schema: pa.Schema, changed_later: frozenset[str], *, place: str) -> tuple[SetRule, ...]:
    """The size of the smallest group, and how many rows stand in groups that are too small. Raises ConfigError."""
    for name in config.columns:
        if name in changed_later:
            raise ConfigError(
                f"{place}.columns: {name!r} is changed outside SQL in this step",
                hint="measure it in a step of its own after this one: an `anonymize` with `k_anonymity` alone",
                code="config.k_anonymity_too_early",
            )
    nodes = tuple(column(schema, name, place=f"{place}.columns").root for name in config.columns)
    listed = ", ".join(config.columns)
    return (
        SetRule(
            "k_anonymity",
            None,
            CheckedExpression(_smallest(nodes)),
            f"every combination of {listed} should stand in at least {config.k} rows",
            lower=config.k,
            severity=config.severity,
            absent="passes",
        ),
        SetRule(
            "k_anonymity:rows",
            None,
            CheckedExpression(_too_few(nodes, config.k)),
            f"rows whose combination of {listed} stands in fewer than {config.k} rows",
            upper=0,
            severity="warn",
            absent="passes",
        ),
    )


def _smallest(nodes: tuple[Node, ...]) -> Node:
    form = Form(f"list_min(map_values(histogram({_struct(nodes)})))", _walked(nodes, _SMALLEST, "0L"))
    return Call("aggregate", form, nodes, INT64)


def _too_few(nodes: tuple[Node, ...], k: int) -> Node:
    groups = f"list_filter(map_values(histogram({_struct(nodes)})), lambda n: n < {k})"
    form = Form(
        f"CAST(coalesce(list_sum({groups}), 0) AS BIGINT)",
        f"coalesce({_walked(nodes, f's.few + IF(s.n < {k}, s.n, 0L)', f'IF(s.n < {k}, s.n, 0L)')}, 0L)",
    )
    return Call("aggregate", form, nodes, INT64)


def _struct(nodes: tuple[Node, ...]) -> str:
    # A pair of braces of the template's text is written twice.
    return "{{" + ", ".join(f"'c{at}': {{{at}}}" for at in range(len(nodes))) + "}}"


def _walked(nodes: tuple[Node, ...], answer: str, few: str) -> str:
    """Spark counts the runs of equal keys in the sorted list of all keys."""
    key = "to_json(named_struct(" + ", ".join(f"'c{at}', {{{at}}}" for at in range(len(nodes))) + "))"
    same = "named_struct('k', x, 'n', s.n + 1L, 'least', s.least, 'few', s.few)"
    other = (
        f"named_struct('k', x, 'n', 1L, 'least', IF(s.k IS NULL, s.least, {_SMALLEST}), "
        f"'few', IF(s.k IS NULL, 0L, s.few + {few}))"
    )
    step = f"(s, x) -> IF(x <=> s.k, {same}, {other})"
    return f"aggregate(array_sort(collect_list({key})), {_START}, {step}, s -> IF(s.k IS NULL, NULL, {answer}))"
