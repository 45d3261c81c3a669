"""What a `duckdb` connector is configured with; the same for source and destination."""

from __future__ import annotations

from pathlib import Path

from pydantic import ConfigDict, Field, field_validator

from headwater.sdk.config import ADVANCED, PluginConfig, ProjectPath, example


class DuckdbConfig(PluginConfig):
    """Tables of a DuckDB database file."""

    model_config = ConfigDict(json_schema_extra=example({"path": "warehouse.duckdb"}))

    path: ProjectPath = Field(
        min_length=1,
        title="File",
        description="The database file; a destination makes it if need be.",
        examples=["warehouse.duckdb"],
    )
    db_schema: str = Field(
        default="main",
        min_length=1,
        alias="schema",
        title="Schema",
        description="Tables of this schema go by their bare name, those of others by `schema.table`.",
    )
    memory_limit: str | None = Field(
        default=None,
        pattern=r"^\d+(\.\d+)?\s*(KB|MB|GB|TB|KiB|MiB|GiB|TiB)$",
        title="Memory limit",
        description="How much memory DuckDB may take for this file, e.g. `2GB`; beyond it, it uses the disk. "
        "Default: 224 MB, or 56 MB for each core where that is more.",
        examples=["2GB"],
        json_schema_extra=ADVANCED,
    )

    @field_validator("path")
    @classmethod
    def _is_a_file(cls, path: str) -> str:
        if path.startswith(":memory:"):
            raise ValueError("a database in memory is empty at the start and gone at the end; name a file")
        return path

    @property
    def file(self) -> Path:
        return Path(self.path).expanduser()
