"""What an `arrow_folder` connector is configured with."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from headwater.sdk.config import PluginConfig, ProjectPath


class ArrowFolderConfig(PluginConfig):
    path: ProjectPath = Field(min_length=1, title="Folder", description="The folder that holds the tables.")

    @property
    def folder(self) -> Path:
        return Path(self.path).expanduser()
