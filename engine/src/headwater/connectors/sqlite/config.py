"""What a `sqlite` connector is configured with; the same for source and destination."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, field_validator

from headwater.sdk.config import PluginConfig, ProjectPath


class SqliteConfig(PluginConfig):
    path: ProjectPath = Field(
        min_length=1, title="File", description="The database file; a destination makes it if need be."
    )
    lock_timeout_s: float = Field(
        default=5.0,
        ge=0,
        le=600,
        title="Lock timeout",
        description="Longest wait, in seconds, while another process holds the file's lock.",
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
