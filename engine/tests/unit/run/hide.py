"""A processor made for tests: columns whose values must not be seen in clear before it."""

from __future__ import annotations

from typing import ClassVar

import pyarrow as pa

from headwater.sdk.config import PluginConfig
from headwater.sdk.processor import Operation, Output, Project
from headwater.toolkit.expressions.build import column
from headwater.toolkit.expressions.parse import parse


class HideConfig(PluginConfig):
    columns: tuple[str, ...]


class Hide:
    """Shows the first letter of a text."""

    config_type: ClassVar[type[PluginConfig]] = HideConfig

    def __init__(self, config: HideConfig) -> None:
        self._columns = config.columns

    def operations(self, schema: pa.Schema) -> tuple[Operation, ...]:
        return (
            Project(
                tuple(
                    Output(name, parse(f"left({name}, 1) || '***'", columns=schema, place="hide"), protects=True)
                    if name in self._columns
                    else Output(name, column(schema, name, place="hide"))
                    for name in schema.names
                )
            ),
        )
