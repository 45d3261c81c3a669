"""normalize_phone: phone numbers in any spelling become E.164: `(030) 123-45` → `+493012345`.

Promises: rows and columns stay in their order; NULL stays NULL; a number that is E.164 already is not changed.
Source: ITU-T E.164, a plus sign and at most 15 digits. A leading 00 is taken for the international prefix, another
leading 0 for the trunk prefix, which goes.
"""

from __future__ import annotations

import re
from typing import ClassVar, Literal

import pyarrow as pa
from pydantic import ConfigDict, Field

from headwater.sdk.config import ColumnName, PluginConfig, example
from headwater.sdk.errors import ConfigError, UnknownColumn

_ORNAMENTS = re.compile(r"[\s().\-/\u00a0]+")
_E164 = re.compile(r"\+[1-9]\d{6,14}")


class NormalizePhoneConfig(PluginConfig):
    """Bring phone numbers into one spelling, E.164."""

    model_config = ConfigDict(json_schema_extra=example({"columns": ["phone"], "country_code": "49"}))

    columns: tuple[ColumnName, ...] = Field(
        min_length=1, title="Columns", description="Text columns that hold phone numbers.", examples=[["phone"]]
    )
    country_code: str = Field(
        pattern=r"^[1-9]\d{0,2}$",
        title="Country code",
        description="Of numbers that are written without one.",
        examples=["49"],
    )
    otherwise: Literal["keep", "null"] = Field(
        default="keep", title="Otherwise", description="What becomes of a text that is no phone number."
    )


class NormalizePhone:
    config_type: ClassVar[type[PluginConfig]] = NormalizePhoneConfig

    def __init__(self, config: NormalizePhoneConfig) -> None:
        self._config = config

    def output_schema(self, schema: pa.Schema) -> pa.Schema:
        for name in self._config.columns:
            if name not in schema.names:
                raise UnknownColumn(name, schema.names, place="normalize_phone")
            if not pa.types.is_string(schema.field(name).type):
                raise ConfigError(
                    f"normalize_phone: column {name!r} is {schema.field(name).type}, not text",
                    hint="cast it to string first",
                    code="normalize_phone.not_text",
                )
        return schema

    def process(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        columns = [
            pa.array([self._normal(text) for text in column.to_pylist()], pa.string())
            if field.name in self._config.columns
            else column
            for field, column in zip(batch.schema, batch.columns, strict=True)
        ]
        return pa.RecordBatch.from_arrays(columns, schema=batch.schema)

    def _normal(self, text: str | None) -> str | None:
        if text is None:
            return None
        bare = _ORNAMENTS.sub("", text)
        if bare.startswith("00"):
            bare = f"+{bare[2:]}"
        elif not bare.startswith("+"):
            bare = f"+{self._config.country_code}{bare.removeprefix('0')}"
        if _E164.fullmatch(bare) and bare.isascii():
            return bare
        return text if self._config.otherwise == "keep" else None
