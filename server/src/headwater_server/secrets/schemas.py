"""What the API says of stored secrets: their names."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class SecretOut(BaseModel):
    """A stored secret; its value is in no answer."""

    name: str
    created_at: datetime
    updated_at: datetime


class SecretIn(BaseModel):
    """The value to store."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    value: Annotated[SecretStr, Field(min_length=1, max_length=100_000, examples=["correct horse battery staple"])]
