"""What a `postgres` connector is configured with; the same for source and destination."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import ConfigDict, Field, model_validator

from headwater.sdk.config import ADVANCED, PluginConfig, Secret, example

SslMode = Literal["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]


class PostgresConfig(PluginConfig):
    """Tables of a PostgreSQL database.

    Either `dsn`, or `host` and `database` with what else is needed; single settings win over those of the dsn.
    """

    model_config = ConfigDict(
        json_schema_extra=example(
            {"host": "db.example.org", "database": "shop", "user": "reader", "password": "${env:SHOP_PASSWORD}"}
        )
    )

    host: str | None = Field(
        default=None,
        description="Host name, address, or folder of the Unix socket.",
        title="Host",
        examples=["db.example.org", "/var/run/postgresql"],
    )
    port: int | None = Field(
        default=None,
        ge=1,
        le=65535,
        description="Port; 5432 when not given.",
        title="Port",
        examples=[5432],
    )
    database: str | None = Field(
        default=None,
        description="Name of the database.",
        title="Database",
        examples=["shop"],
    )
    user: str | None = Field(
        default=None,
        description="Role to connect as.",
        title="User",
        examples=["reader"],
    )
    password: Secret | None = Field(
        default=None,
        description="Its password; without one, as libpq finds it.",
        title="Password",
        examples=["${env:SHOP_PASSWORD}"],
    )
    sslmode: SslMode | None = Field(
        default=None,
        description="TLS: libpq's modes; `prefer` when not given.",
        title="TLS",
        examples=["require"],
    )
    sslrootcert: str | None = Field(
        default=None,
        description="File with the certificates to trust.",
        title="Certificates",
        examples=["certs/root.pem"],
        json_schema_extra=ADVANCED,
    )
    db_schema: str | None = Field(
        default=None,
        alias="schema",
        description="Source: only streams of this schema. Destination: schema of tables named without one (public).",
        title="Schema",
        examples=["public"],
    )
    dsn: Secret | None = Field(
        default=None,
        description="A libpq URL or connection string, password included.",
        title="Connection string",
        examples=["${env:DATABASE_URL}"],
        json_schema_extra=ADVANCED,
    )
    connect_timeout_s: int = Field(
        default=10,
        ge=2,
        le=600,
        description="Longest wait for a connection.",
        title="Longest wait for a connection, s",
        json_schema_extra=ADVANCED,
    )
    statement_timeout_s: int = Field(
        default=0,
        ge=0,
        description="Longest run of one statement; 0: no limit.",
        title="Longest statement, s",
        json_schema_extra=ADVANCED,
    )
    lock_timeout_s: int = Field(
        default=10,
        ge=1,
        le=3600,
        description="Destination: longest wait for a lock when a load is published.",
        title="Longest wait for a lock, s",
        json_schema_extra=ADVANCED,
    )
    infinity: Literal["refuse", "null"] = Field(
        default="refuse",
        description="Source: infinite dates, years before 1 or after 9999, NaN in decimals: fail the load, or NULL.",
        title="Values that no other system has",
        json_schema_extra=ADVANCED,
    )

    @model_validator(mode="after")
    def _names_a_database(self) -> Self:
        if self.dsn is None and (self.host is None or self.database is None):
            raise ValueError("give host and database, or dsn")
        return self
