"""Settings of the server, read once at the start: variables `HEADWATER_*`, then the file `HEADWATER_CONFIG`, then
the defaults.

Promises: a setting that is wrong or unsafe refuses to start and says which and why; no value of a secret is shown.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, YamlConfigSettingsSource

from headwater.sdk.errors import ConfigError

PREFIX = "HEADWATER_"
CONFIG_VARIABLE = f"{PREFIX}CONFIG"
MIN_SECRET_KEY_CHARS = 32

Port = Annotated[int, Field(ge=0, le=65535)]


class BadSettings(ConfigError):
    """The server cannot or must not run with these settings."""

    code = "settings.invalid"


def _postgres_url(value: SecretStr) -> SecretStr:
    if urlsplit(value.get_secret_value()).scheme not in ("postgresql", "postgres"):
        raise ValueError("must begin with postgresql://")
    return value


def default_home() -> Path:
    """Root's own folder is closed to the account that PostgreSQL must run as."""
    return Path("/var/lib/headwater") if os.geteuid() == 0 else Path("~/.headwater")


def _expanded(value: Path) -> Path:
    return value.expanduser().absolute()


class Settings(BaseSettings):
    """Everything that can be set. Times are in seconds, sizes in bytes, where the name does not say otherwise."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    environment: Literal["development", "production"] = Field(
        default="development", description="In production nothing is made up: database and secret key must be given."
    )
    database_url: Annotated[SecretStr, AfterValidator(_postgres_url)] | None = Field(
        default=None, description="postgresql://… of the server's own database. Default: an embedded PostgreSQL."
    )
    database_pool_size: int = Field(
        default=10,
        ge=2,
        le=200,
        description="Connections that one process needs; twice as many in a rush. A server has half as many more for"
        " what only reads.",
    )
    secret_key: SecretStr | None = Field(
        default=None, description="At least 32 characters; seals what is secret in the database."
    )
    secret_key_file: Path | None = Field(default=None, description="File that holds the secret key.")
    previous_secret_keys: tuple[SecretStr, ...] = Field(
        default=(), description="Earlier keys, JSON list: still able to open what they sealed."
    )
    database_wait_s: float = Field(default=30, ge=0, le=3600, description="How long a start waits for the database.")
    migrate: bool = Field(default=True, description="Whether `headwater serve` brings the schema to its version.")
    home: Annotated[Path, AfterValidator(_expanded)] = Field(
        default_factory=default_home, validate_default=True, description="Embedded database, project files, caches."
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: Port = Field(default=3000, description="Port to listen on; 0 takes a free one.")
    base_url: str | None = Field(default=None, description="Address that users see, when a proxy stands in front.")
    trusted_proxies: str = Field(
        default="127.0.0.1", description="Addresses of proxies whose X-Forwarded-For is believed, with commas."
    )
    cookie_secure: bool | None = Field(
        default=None, description="Send the session cookie over https only. Default: when base_url is https."
    )
    workers: int = Field(default=2, ge=0, le=64, description="Worker processes of `headwater serve`.")
    worker_concurrency: int = Field(default=2, ge=1, le=256, description="Runs that one worker executes at a time.")
    worker_heartbeat_s: float = Field(default=2.0, gt=0, le=10, description="How often a worker says that it lives.")
    worker_lease_s: float = Field(
        default=10.0, gt=0, le=300, description="A worker silent for so long is dead, and its runs are taken over."
    )
    worker_grace_s: float = Field(
        default=30.0, ge=0, description="What running engines may still take when a worker is told to end."
    )
    spare_engines: int = Field(default=1, ge=0, le=32, description="Engine processes that each worker keeps ready.")
    call_concurrency: int = Field(
        default=2, ge=1, le=64, description="Questions (previews …) one worker answers at once."
    )
    run_attempts: int = Field(
        default=3, ge=1, le=100, description="Attempts at a run whose error may pass, or whose engine died."
    )
    run_worker_losses: int = Field(
        default=10, ge=1, le=1000, description="Lost workers, one after the other, after which a run is given up."
    )
    run_log_lines: int = Field(default=20_000, ge=100, description="Lines of a run's log that are kept.")
    history_days: int = Field(default=90, ge=0, description="Runs and ticks older than this are deleted; 0: never.")
    quarantine_file_limit_mb: int = Field(
        default=64, ge=0, le=1000, description="Files of rejected rows above this stay on the worker's disk."
    )
    scheduler_late_s: float = Field(
        default=60.0, ge=1, description="A tick that is later than this was missed: `missed` of the schedule decides."
    )
    run_memory_limit_mb: int = Field(default=0, ge=0, description="Most memory of one run, in MB; 0: no limit.")
    session_days: int = Field(default=14, ge=1, le=365, description="A sign-in lasts this long without use.")
    stop_grace_s: float = Field(default=20, ge=1, le=3600, description="Time for processes to end by themselves.")
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["text", "json"] | None = Field(default=None, description="Default: json in production.")
    request_limit_mb: int = Field(default=11, ge=1, le=200, description="Largest body of a request, in MB.")
    ui_folder: Path | None = Field(default=None, description="The built web UI. Default: what the wheel carries.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        file = os.environ.get(CONFIG_VARIABLE)
        if not file:
            return (init_settings, env_settings)
        if not Path(file).is_file():
            raise BadSettings(f"{CONFIG_VARIABLE} names {file}, which is no file", hint="correct or unset it")
        return (init_settings, env_settings, YamlConfigSettingsSource(settings_cls, yaml_file=file))

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def address(self) -> str:
        """Where a user finds the server."""
        if self.base_url:
            return self.base_url.rstrip("/")
        host = "localhost" if self.host in ("127.0.0.1", "0.0.0.0", "::", "::1") else self.host
        return f"http://{host}:{self.port}"

    @property
    def secure_cookies(self) -> bool:
        return self.address.startswith("https://") if self.cookie_secure is None else self.cookie_secure


def get_settings(**given: object) -> Settings:
    """Read and judge the settings. Raises BadSettings with everything that is wrong."""
    try:
        settings = Settings(**given)  # pyright: ignore[reportArgumentType]
    except ValidationError as error:
        found = [f"{_variable(item['loc'])}: {item['msg']}" for item in error.errors(include_input=False)]
        raise BadSettings("; ".join(found), hint="see docs/reference/settings.md") from None
    wrong = list(_unsafe(settings))
    if wrong:
        raise BadSettings("; ".join(wrong), hint="see docs/how-to/deploy.md for a safe set of settings")
    return settings


def _variable(location: tuple[int | str, ...]) -> str:
    return PREFIX + "__".join(str(part) for part in location).upper()


def _unsafe(settings: Settings) -> Iterable[str]:
    has_key = settings.secret_key is not None or settings.secret_key_file is not None
    if settings.environment == "production":
        if not has_key:
            yield "production needs HEADWATER_SECRET_KEY or HEADWATER_SECRET_KEY_FILE"
        if settings.database_url is None:
            yield "production needs HEADWATER_DATABASE_URL: the embedded database is for one machine"
        if settings.base_url and not settings.base_url.startswith("https://") and not _is_local(settings.base_url):
            yield "production needs an https:// address in HEADWATER_BASE_URL"
    elif not settings.is_loopback and not has_key:
        yield f"HEADWATER_HOST={settings.host} can be reached from outside, so HEADWATER_SECRET_KEY must be given"
    if settings.secret_key is not None and settings.secret_key_file is not None:
        yield "HEADWATER_SECRET_KEY and HEADWATER_SECRET_KEY_FILE exclude each other"
    if settings.secret_key is not None and (wrong := weakness(settings.secret_key.get_secret_value())):
        yield f"HEADWATER_SECRET_KEY {wrong}"


def _is_local(url: str) -> bool:
    return urlsplit(url).hostname in ("localhost", "127.0.0.1", "::1")


def weakness(key: str) -> str | None:
    """What is wrong with a secret key, or None."""
    if len(key) < MIN_SECRET_KEY_CHARS:
        return f"has {len(key)} characters, at least {MIN_SECRET_KEY_CHARS} are needed (openssl rand -base64 48)"
    if len(set(key)) < 10:
        return "repeats a few characters only; take a random one (openssl rand -base64 48)"
    return None
