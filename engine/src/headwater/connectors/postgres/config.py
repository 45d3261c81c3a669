"""What a `postgres` connector is configured with; the same for source and destination."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from headwater.sdk.config import PluginConfig, Secret

SslMode = Literal["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]


class PostgresConfig(PluginConfig):
    """Either `dsn`, or `host` and `database` with what else is needed; single settings win over those of the dsn."""

    host: str | None = Field(default=None, description="Host name, address, or folder of the Unix socket.")
    port: int | None = Field(default=None, ge=1, le=65535, description="Port; 5432 when not given.")
    database: str | None = Field(default=None, description="Name of the database.")
    user: str | None = Field(default=None, description="Role to connect as.")
    password: Secret | None = Field(default=None, description="Its password; without one, as libpq finds it.")
    sslmode: SslMode | None = Field(default=None, description="TLS: libpq's modes; `prefer` when not given.")
    sslrootcert: str | None = Field(default=None, description="File with the certificates to trust.")
    db_schema: str | None = Field(
        default=None,
        alias="schema",
        description="Source: only streams of this schema. Destination: schema of tables named without one (public).",
    )
    dsn: Secret | None = Field(default=None, description="A libpq URL or connection string, password included.")
    connect_timeout_s: int = Field(default=10, ge=2, le=600, description="Longest wait for a connection.")
    statement_timeout_s: int = Field(default=0, ge=0, description="Longest run of one statement; 0: no limit.")
    lock_timeout_s: int = Field(
        default=10, ge=1, le=3600, description="Destination: longest wait for a lock when a load is published."
    )
    infinity: Literal["refuse", "null"] = Field(
        default="refuse",
        description="Source: infinite dates, years before 1 or after 9999, NaN in decimals: fail the load, or NULL.",
    )

    @model_validator(mode="after")
    def _names_a_database(self) -> Self:
        if self.dsn is None and (self.host is None or self.database is None):
            raise ValueError("give host and database, or dsn")
        return self
