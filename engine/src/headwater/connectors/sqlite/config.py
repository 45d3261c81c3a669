"""What a `sqlite` connector is configured with; the same for source and destination."""

from __future__ import annotations

from pathlib import Path

from pydantic import ConfigDict, Field, field_validator

from headwater.sdk.config import ADVANCED, PluginConfig, ProjectPath, example


class SqliteConfig(PluginConfig):
    """Tables of an SQLite database file."""

    model_config = ConfigDict(json_schema_extra=example({"path": "shop.sqlite"}))

    path: ProjectPath = Field(
        min_length=1,
        title="File",
        description="The database file; a destination makes it if need be.",
        examples=["shop.sqlite"],
    )
    lock_timeout_s: float = Field(
        default=5.0,
        ge=0,
        le=600,
        title="Lock timeout",
        description="Longest wait, in seconds, while another process holds the file's lock.",
        json_schema_extra=ADVANCED,
    )

    @field_validator("path")
    @classmethod
    def _is_a_file(cls, path: str) -> str:
        if path.startswith((":memory:", "file:")):
            raise ValueError("name a file by its path; a database in memory is gone at the end of a run")
        return path

    @property
    def file(self) -> Path:
        return Path(self.path).expanduser()
