"""A pool of connections for changes and one for reads, and one transaction per request or task that changes something.

Promises: a transaction that leaves its block normally is committed, one that raises is rolled back; a pooled connection
that died is replaced before it is used; text from the database is never a template. A request that only reads has no
transaction around its statements: under READ COMMITTED each sees its own moment either way, and BEGIN and COMMIT are
two of the four journeys to the database that a small answer would take.

The connections for reads are few, and open before the first request. Opening one takes as long as an answer, and the
statements of a new one are not prepared: a rush that opened ten would make all of its requests wait for that. What one
process can answer at a time, few connections can ask.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from psycopg.errors import IdleInTransactionSessionTimeout
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InternalError, OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from headwater_server.db.listen import Listener

_IDLE_S = 120.0
_READS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class _Address:
    """Where the connections of a process lead, and what they are like."""

    url: str
    application: str
    idle_s: float

    def engine(self, **more: Any) -> AsyncEngine:
        """As many connections as a rush takes stay open, and a quiet time uses the same few, whose statements are
        prepared.
        """
        return create_async_engine(
            make_url(self.url).set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            max_overflow=0,
            pool_use_lifo=True,
            pool_timeout=10,
            hide_parameters=True,
            connect_args={
                "options": "-c timezone=UTC -c statement_timeout=60000"
                f" -c idle_in_transaction_session_timeout={max(1, round(self.idle_s * 1000))}",
                "application_name": self.application,
                "connect_timeout": 10,
                "prepare_threshold": 1,
                "keepalives_idle": 30,
                "keepalives_interval": 10,
                "keepalives_count": 3,
            },
            **more,
        )


class Database:
    """The server's database. `url` is `postgresql://…`, as libpq takes it too. `listener` hears once it is entered. A
    process that stands still in the midst of a transaction holds its locks for `idle_s` at most.
    """

    def __init__(
        self, url: str, *, pool_size: int = 10, application: str = "headwater", idle_s: float = _IDLE_S
    ) -> None:
        self.url = url
        self.listener = Listener(url)
        self._readers = max(2, pool_size // 2)
        to = _Address(url, application, idle_s)
        self.engine: AsyncEngine = to.engine(pool_size=2 * pool_size)
        self._reading: AsyncEngine = to.engine(
            pool_size=self._readers, isolation_level="AUTOCOMMIT", skip_autocommit_rollback=True
        )
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self._reads = async_sessionmaker(self._reading, expire_on_commit=False)

    def session(self) -> AsyncSession:
        """A session whose transactions the caller ends. It holds a connection only within one."""
        return self._sessions()

    def reading(self) -> AsyncSession:
        """A session whose statements stand for themselves: for what only reads."""
        return self._reads()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed at the end, rolled back by an exception."""
        try:
            async with self._sessions.begin() as session:
                yield session
        except InternalError as error:
            if isinstance(error.orig, IdleInTransactionSessionTimeout):
                # A lost connection like any other, which SQLAlchemy takes for something else.
                raise OperationalError(error.statement, error.params, error.orig, True) from error
            raise

    async def open_ahead(self) -> None:
        """All connections for reads. Where that fails, requests open what they need."""
        with suppress(SQLAlchemyError, OSError):
            async with AsyncExitStack() as stack:
                for _ in range(self._readers):
                    await stack.enter_async_context(self._reading.connect())

    async def dispose(self) -> None:
        await self.engine.dispose()
        await self._reading.dispose()


async def _database(request: Request) -> Database:
    return request.app.state.database


async def _session(request: Request) -> AsyncIterator[AsyncSession]:
    """The transaction of this request: committed before the answer is sent. A route that waits for others commits
    before it waits, and so holds no connection meanwhile. Requests that only read have none.
    """
    database: Database = request.app.state.database
    async with database.reading() if request.method in _READS else database.session() as session:
        request.state.session = session
        yield session
        await session.commit()


UsedDatabase = Annotated[Database, Depends(_database)]
"""Parameter of a route that needs transactions of its own, or waits for a worker."""

Session = Annotated[AsyncSession, Depends(_session, scope="function")]
"""Parameter of a route: the session of the request's transaction. It takes a connection with its first statement."""
