"""What every process of the server does first: settings, log, database, schema, key."""

from __future__ import annotations

import asyncio
from tempfile import TemporaryFile

from headwater_server.db.embedded.server import url_file
from headwater_server.db.instance import check_key
from headwater_server.db.migrate import require_current
from headwater_server.db.reach import wait_for_database
from headwater_server.db.session import Database
from headwater_server.kit import logs
from headwater_server.kit.secret_key import sealer
from headwater_server.settings import BadSettings, Settings, get_settings


def settings_for(process: str, **given: object) -> Settings:
    """Settings and log of this process; what is given on the command line wins. Raises BadSettings."""
    settings = get_settings(**{key: value for key, value in given.items() if value is not None})
    logs.configure(settings, process)
    return settings


def require_home(settings: Settings) -> None:
    """Runs keep their files there. Raises BadSettings when nothing can be written to it."""
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with TemporaryFile(dir=settings.home):
            pass
    except OSError as error:
        raise BadSettings(
            f"nothing can be written to the home folder {settings.home}: {error.strerror}",
            hint="give this account rights to it, or name another in HEADWATER_HOME",
            code="settings.home_unwritable",
        ) from None


def database_url(settings: Settings) -> str:
    """Of the given database, or of the embedded one that runs on this home. Raises BadSettings, TransientError."""
    url = known_url(settings)
    wait_for_database(url, settings.database_wait_s)
    return url


def known_url(settings: Settings) -> str:
    """As `database_url`, without waiting until it answers."""
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    file = url_file(settings.home)
    try:
        return file.read_text().strip()
    except FileNotFoundError:
        raise BadSettings(
            f"no database is given, and no server runs on {settings.home}",
            hint="set HEADWATER_DATABASE_URL, or start `headwater serve` on this HEADWATER_HOME first",
            code="settings.no_database",
        ) from None
    except OSError as error:
        raise BadSettings(f"{file} cannot be read: {error.strerror}", hint="be the user who runs the server") from error


def ready_database(settings: Settings) -> str:
    """The URL of a database whose schema and key fit. Raises what says why not."""
    url = database_url(settings)
    require_current(url)
    require_key(settings, url)
    return url


def require_key(settings: Settings, url: str) -> None:
    """Raises WrongKey."""
    asyncio.run(_check_key(settings, url))


async def _check_key(settings: Settings, url: str) -> None:
    database = Database(url, pool_size=1, application="headwater start")
    try:
        async with database.begin() as session:
            await check_key(session, sealer(settings))
    finally:
        await database.dispose()
