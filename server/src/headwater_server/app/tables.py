"""Every table of the server: importing this module fills `Base.metadata`, which migrations are compared with."""

from __future__ import annotations

from headwater_server.auth.models import User
from headwater_server.calls.models import Call
from headwater_server.connectors.models import Connector
from headwater_server.db.base import Base
from headwater_server.db.idempotency import IdempotencyKey
from headwater_server.db.instance import Instance
from headwater_server.pipelines.models import Pipeline
from headwater_server.processors.models import Processor
from headwater_server.quarantine.models import QuarantineFile
from headwater_server.runs.models import Run
from headwater_server.schedules.models import Schedule
from headwater_server.secrets.models import StoredSecret

MODELS: tuple[type[Base], ...] = (
    Call,
    Connector,
    IdempotencyKey,
    Instance,
    Pipeline,
    Processor,
    QuarantineFile,
    Run,
    Schedule,
    StoredSecret,
    User,
)
metadata = Base.metadata
