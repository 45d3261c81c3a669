"""What the API says of processors."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from headwater_server.catalog.step_schemas import Named, StepIn

EXAMPLE: dict[str, Any] = {
    "name": "protect",
    "type": "anonymize",
    "config": {"columns": {"email": {"method": "hash", "key": "${secret:pii_key}"}, "phone": "mask"}},
    "description": "Hides addresses and numbers",
}


class ProcessorIn(StepIn):
    """A processor as it should be. A secret that is left out keeps its value; null clears it."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})


class ProcessorOut(BaseModel):
    """A processor. Secrets are not in `config`; their paths are in `secrets`."""

    id: UUID
    name: str
    type: str
    config: dict[str, Any]
    secrets: list[str] = Field(description="Dotted paths of secrets that are stored.")
    description: str | None
    revision: int
    created_at: datetime
    updated_at: datetime
    used_by: list[Named] = Field(description="Pipelines that use it.")
