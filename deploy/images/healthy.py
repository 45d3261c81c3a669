"""Leaves with 0 when the API of this container is ready. `headwater health` says the same in more words; this is asked
every few seconds, so it imports next to nothing.
"""

import os
import sys
from http.client import HTTPConnection

asked = HTTPConnection("127.0.0.1", int(os.environ["HEADWATER_PORT"]), timeout=15)
try:
    asked.request("GET", "/api/readyz")
    answer = asked.getresponse()
    sys.exit(f"{answer.status} {answer.read(500)!r}" if answer.status != 200 else 0)
except OSError as error:
    sys.exit(f"no answer: {error}")
