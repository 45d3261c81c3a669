"""What an `arrow_folder` connector is configured with."""

from __future__ import annotations

from pathlib import Path

from pydantic import ConfigDict, Field

from headwater.sdk.config import PluginConfig, ProjectPath, example


class ArrowFolderConfig(PluginConfig):
    """A folder of Arrow IPC files, one per table."""

    model_config = ConfigDict(json_schema_extra=example({"path": "tables"}))

    path: ProjectPath = Field(
        min_length=1, title="Folder", description="The folder that holds the tables.", examples=["tables"]
    )

    @property
    def folder(self) -> Path:
        return Path(self.path).expanduser()
