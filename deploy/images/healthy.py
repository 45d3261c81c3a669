"""Leaves with 0 when the API of this container is ready; with `worker`, when its worker was heard lately.

`headwater health` says the same in more words. This is asked every few seconds, so it imports next to nothing.
"""

import os
import socket
import sys
from http.client import HTTPConnection

import psycopg

HEARD = "select 1 from workers where starts_with(name, %s) and heartbeat_at > now() - interval '30 seconds'"


def api() -> str | None:
    asked = HTTPConnection("127.0.0.1", int(os.environ["HEADWATER_PORT"]), timeout=15)
    try:
        asked.request("GET", "/api/readyz")
        answer = asked.getresponse()
        return None if answer.status == 200 else f"{answer.status} {answer.read(500)!r}"
    except OSError as error:
        return f"no answer: {error}"


def worker() -> str | None:
    try:
        with psycopg.connect(os.environ["HEADWATER_DATABASE_URL"], connect_timeout=10) as database:
            found = database.execute(HEARD, [f"{socket.gethostname()}:"]).fetchone()
    except psycopg.Error as error:
        return f"the database cannot be asked: {error}"
    return None if found else "the worker has not been heard for 30 s"


sys.exit(worker() if sys.argv[1:] == ["worker"] else api())
