"""A worker or a scheduler as a program: `worker_program.py '{"url": …, "key": …, "role": …, "settings": {…}}'`."""

import asyncio
import json
import logging
import sys

from headwater_server.kit.encryption import Sealer
from headwater_server.schedules.scheduler import run_scheduler
from headwater_server.settings import Settings
from headwater_server.worker.main import run_worker

given = json.loads(sys.argv[1])
settings = Settings(**given["settings"])
logging.basicConfig(level=logging.INFO)
if given["role"] == "worker":
    asyncio.run(run_worker(settings, given["url"], Sealer(given["key"])))
else:
    asyncio.run(run_scheduler(settings, given["url"]))
