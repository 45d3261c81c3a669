"""What a `files` connector is configured with; the same for source and destination."""

from __future__ import annotations

import codecs
from typing import Literal

from pydantic import ConfigDict, Field, field_validator, model_validator

from headwater.sdk.config import ADVANCED, ColumnName, PluginConfig, ProjectPath, TypeName, example

Format = Literal["csv", "parquet", "json"]


class FilesConfig(PluginConfig):
    """CSV, JSON and Parquet files: a file, a folder, or a glob."""

    model_config = ConfigDict(
        json_schema_extra=example({"url": "data/orders-*.csv"}, {"url": "warehouse", "format": "parquet"})
    )

    url: ProjectPath = Field(
        min_length=1,
        title="Place",
        description="A file, a folder or a glob such as `data/2024-*.csv`; a destination: the folder of its tables.",
        examples=["data/orders.csv", "data/2024-*.csv", "warehouse"],
    )
    format: Literal["auto", "csv", "parquet", "json"] = Field(
        default="auto",
        title="Format",
        description="auto: by each file's extension; a destination writes parquet. json covers JSON lines and arrays.",
    )
    compression: Literal["auto", "gzip", "zstd", "none"] = Field(
        default="auto",
        title="Compression",
        description="auto: by each file's extension; a destination compresses parquet by zstd, other formats not.",
    )
    columns: dict[ColumnName, TypeName] = Field(
        default_factory=dict[str, str],
        title="Column types",
        description="CSV and JSON: the type of columns that should not be found out, e.g. `{zip: string, day: date}`.",
        examples=[{"zip": "string", "day": "date"}],
        json_schema_extra=ADVANCED,
    )
    all_text: bool = Field(
        default=False,
        title="All text",
        description="CSV and JSON: read every column as text; cast later in the chain.",
        json_schema_extra=ADVANCED,
    )
    sample_mb: float = Field(
        default=4,
        gt=0,
        le=1024,
        title="Sample, MB",
        description="How much of CSV and JSON is looked at to find types.",
        json_schema_extra=ADVANCED,
    )
    on_malformed: Literal["reject", "fail"] = Field(
        default="reject",
        title="Malformed records",
        description="reject: set them aside with file and line; fail: stop at the first, naming it.",
    )
    encoding: str = Field(
        default="auto",
        title="Encoding",
        description="CSV and JSON: auto (UTF-8, or what a byte order mark says), or a name such as latin-1, shift_jis.",
        examples=["latin-1", "shift_jis"],
        json_schema_extra=ADVANCED,
    )
    delimiter: str | None = Field(
        default=None,
        min_length=1,
        max_length=4,
        title="Delimiter",
        description="CSV: found out unless given.",
        examples=[";"],
        json_schema_extra=ADVANCED,
    )
    quote: str = Field(
        default='"',
        max_length=1,
        title="Quote",
        description='CSV: the character around fields; "" for none.',
        json_schema_extra=ADVANCED,
    )
    escape: str | None = Field(
        default=None,
        max_length=1,
        title="Escape",
        description="CSV: what stands before a quote inside a field.",
        examples=["\\"],
        json_schema_extra=ADVANCED,
    )
    header: Literal["auto", "yes", "no"] = Field(
        default="auto",
        title="Header",
        description="CSV: whether the first line names the columns.",
        json_schema_extra=ADVANCED,
    )
    skip_rows: int = Field(
        default=0,
        ge=0,
        title="Lines to skip",
        description="CSV: lines before the header or the first record.",
        json_schema_extra=ADVANCED,
    )
    null_values: tuple[str, ...] = Field(
        default=(),
        title="Null values",
        description="CSV: texts that mean NULL, besides the empty field; e.g. [NA].",
        examples=[["NA", "n/a"]],
        json_schema_extra=ADVANCED,
    )
    decimal_separator: Literal[".", ","] = Field(
        default=".",
        title="Decimal separator",
        description="CSV: `,` where one and a half is written 1,5.",
        json_schema_extra=ADVANCED,
    )
    date_format: str | None = Field(
        default=None,
        min_length=2,
        title="Date format",
        description="CSV: as for strptime, e.g. %d.%m.%Y.",
        examples=["%d.%m.%Y"],
        json_schema_extra=ADVANCED,
    )
    timestamp_format: str | None = Field(
        default=None,
        min_length=2,
        title="Time stamp format",
        description="CSV: as for strptime, e.g. %d.%m.%Y %H:%M.",
        examples=["%d.%m.%Y %H:%M"],
        json_schema_extra=ADVANCED,
    )
    max_file_mb: int = Field(
        default=256,
        ge=1,
        title="File size, MB",
        description="Destination: begin a new file when one is this large.",
        json_schema_extra=ADVANCED,
    )

    @field_validator("header", mode="before")
    @classmethod
    def _yes_or_no(cls, value: object) -> object:
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value

    @field_validator("encoding")
    @classmethod
    def _is_known(cls, encoding: str) -> str:
        if encoding == "auto":
            return encoding
        try:
            return codecs.lookup(encoding).name
        except LookupError:
            raise ValueError(
                f"there is no encoding {encoding!r}; try utf-8, latin-1, cp1252, utf-16, shift_jis"
            ) from None

    @model_validator(mode="after")
    def _characters_differ(self) -> FilesConfig:
        if self.delimiter is not None and self.delimiter == self.quote:
            raise ValueError("delimiter and quote are the same character")
        if self.delimiter is not None and self.delimiter == self.decimal_separator:
            raise ValueError("delimiter and decimal_separator are the same character")
        return self
