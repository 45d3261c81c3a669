"""What the API says of users, sign-ins and tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from headwater_server.auth.passwords import MAX_CHARS, MIN_CHARS
from headwater_server.auth.permissions import Role

Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]{1,64}@[^@\s]{1,190}$", strip_whitespace=True)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
NewPassword = Annotated[SecretStr, Field(min_length=MIN_CHARS, max_length=MAX_CHARS)]


class Body(BaseModel):
    """A request's body: what it does not know is an error."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class UserOut(BaseModel):
    """Someone who may sign in."""

    id: UUID
    email: str
    name: str
    role: Role
    enabled: bool
    has_password: bool
    revision: int
    created_at: datetime


class SessionOut(BaseModel):
    """Who is signed in, and to which version of the server."""

    user: UserOut
    via: Literal["session", "token"]
    version: str


class LinkIn(Body):
    """The token of a one-time link."""

    token: Annotated[SecretStr, Field(max_length=200)]


class SignInIn(Body):
    """Address and password."""

    email: Annotated[str, Field(max_length=300, examples=["ada@example.com"])]
    password: Annotated[SecretStr, Field(max_length=MAX_CHARS)]


class PasswordIn(Body):
    """`current` may be left out while there is no password yet."""

    current: Annotated[SecretStr, Field(max_length=MAX_CHARS)] | None = None
    new: NewPassword


class UserIn(Body):
    """A new user; they set their password after their first sign-in by link."""

    email: Annotated[Email, Field(examples=["ada@example.com"])]
    name: Annotated[Label, Field(examples=["Ada"])]
    role: Role = "viewer"


class UserChange(Body):
    """Everything a user is; the whole replaces the whole."""

    email: Email
    name: Label
    role: Role
    enabled: bool = True


class SignInLinkOut(BaseModel):
    """An address that signs its user in once."""

    url: str
    expires_at: datetime


class TokenIn(Body):
    """A new API token."""

    name: Annotated[Label, Field(examples=["ci"])]
    role: Role | None = Field(default=None, description="Never more than your own. Default: your own.")
    expires_in_days: Annotated[int, Field(ge=1, le=3650)] | None = Field(default=None, description="Default: never.")


class TokenOut(BaseModel):
    """A token, without its text."""

    id: UUID
    name: str
    role: Role
    hint: str = Field(description="First and last characters.")
    created_at: datetime
    used_at: datetime | None
    expires_at: datetime | None


class NewTokenOut(TokenOut):
    """A token that was just made."""

    token: str = Field(description="Shown this once.")
