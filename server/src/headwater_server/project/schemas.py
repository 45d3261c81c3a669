"""What the API says of a whole project."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from headwater_server.catalog.step_schemas import Body
from headwater_server.kit.documents import Document

Kind = Literal["connector", "processor", "pipeline", "schedule"]
Action = Literal["create", "update", "delete", "none"]

EXAMPLE_YAML = "version: 1\nconnectors:\n  shop: {type: sqlite, config: {path: /data/shop.db}}\n"


class ApplyIn(Body):
    """A project file, as text or as data."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"yaml": EXAMPLE_YAML, "dry_run": True}]})

    yaml: Annotated[str, Field(max_length=10_000_000)] | None = Field(
        default=None, description="The file's text; problems then have lines."
    )
    document: Document | None = Field(default=None, description="The same as data.")
    dry_run: bool = Field(default=False, description="Say what would change, and change nothing.")
    prune: bool = Field(default=False, description="Delete what the file does not have.")
    message: str | None = Field(default=None, max_length=2000, description="Kept with new versions of pipelines.")

    @model_validator(mode="after")
    def _one_of_both(self) -> ApplyIn:
        if (self.yaml is None) == (self.document is None):
            raise ValueError("give either yaml or document")
        return self


class Change(BaseModel):
    """What becomes of one resource."""

    kind: Kind
    name: str
    action: Action
    diff: str = Field(description="Unified diff of YAML; empty for none.")


class Applied(BaseModel):
    """What was changed, or would be."""

    dry_run: bool
    changes: list[Change]
