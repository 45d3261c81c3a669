"""anonymize: hide personal data before it leaves the source's side.

Promises: rows stay; columns keep their names and places; NULL stays NULL. A protected value is seen in clear neither
in a destination, nor in quarantine, samples or messages of the steps before (see `Output.protects`). A key never
stands in SQL text. What a method cannot take becomes NULL or rejects the row; it is never passed on as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import ClassVar, Self

import pyarrow as pa
from pydantic import Field, model_validator

from headwater.sdk.config import PluginConfig
from headwater.sdk.errors import UnknownColumn
from headwater.sdk.processor import Operation, Output, Project
from headwater.toolkit.expressions.build import column
from headwater.toolkit.privacy.keys import OptionalKey, missing_key
from headwater.toolkit.privacy.methods import KEYED, AnyMethod, Method
from headwater.toolkit.privacy.relational import protected


class AnonymizeConfig(PluginConfig):
    columns: dict[str, Method] = Field(
        default_factory=dict[str, AnyMethod],
        title="Columns",
        description="Column name or glob → what to do with it. A bare name of a method is enough where it needs no "
        "settings.",
        examples=[{"email": {"method": "hash"}, "phone": {"method": "mask", "keep_last": 4}, "notes": "redact"}],
    )
    key: OptionalKey = None
    key_version: str = Field(
        default="1",
        min_length=1,
        pattern=r"^[A-Za-z0-9_-]+$",
        title="Key version",
        description="What the key is called in the report, and in texts that name their key. Change it with the key.",
    )
    optional: bool = Field(
        default=False,
        title="Missing columns are fine",
        description="Pass over names and globs that no column has, for a step that meets many streams.",
    )

    @model_validator(mode="after")
    def _every_method_has_its_key(self) -> Self:
        for name, method in self.columns.items():
            if isinstance(method, KEYED) and method.key is None and self.key is None:
                raise missing_key(method.method, name)
        return self


class Anonymize:
    config_type: ClassVar[type[PluginConfig]] = AnonymizeConfig

    def __init__(self, config: AnonymizeConfig) -> None:
        self._config = config
        self._today = datetime.now(UTC).date()
        self._methods = {name: self._with_key(method) for name, method in config.columns.items()}

    def operations(self, schema: pa.Schema) -> tuple[Operation, ...]:
        chosen = self._chosen(schema)
        return (Project(tuple(self._output(schema, name, chosen.get(name)) for name in schema.names)),)

    def _output(self, schema: pa.Schema, name: str, method: AnyMethod | None) -> Output:
        value = column(schema, name, place="anonymize.columns")
        if method is None:
            return Output(name, value)
        hidden = protected(value, method, place=f"anonymize.columns.{name}", today=self._today)
        return Output(name, value) if hidden is None else Output(name, hidden, hidden.type, protects=True)

    def _chosen(self, schema: pa.Schema) -> Mapping[str, AnyMethod]:
        """Each column with its method; a column that is a key itself is not met by a glob, the first glob wins."""
        found: dict[str, AnyMethod] = {}
        for pattern, method in self._methods.items():
            if pattern in schema.names:
                found[pattern] = method
                continue
            matched = [name for name in schema.names if fnmatchcase(name, pattern)]
            if not matched and not self._config.optional:
                raise UnknownColumn(pattern, schema.names, place="anonymize.columns")
            for name in matched:
                if name not in self._methods:
                    found.setdefault(name, method)
        return found

    def _with_key(self, method: AnyMethod) -> AnyMethod:
        if not isinstance(method, KEYED):
            return method
        own = {"key": method.key or self._config.key, "key_version": method.key_version or self._config.key_version}
        return method.model_copy(update=own)
