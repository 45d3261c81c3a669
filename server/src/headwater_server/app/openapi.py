"""`python -m headwater_server.app.openapi FILE`: writes the API's description, from which the UI makes its client."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from headwater_server.app.factory import create_app
from headwater_server.kit.encryption import Sealer
from headwater_server.settings import Settings


def openapi_text() -> str:
    """The description as JSON, the same for the same code."""
    nowhere = "postgresql://localhost/none"
    app = create_app(Settings(), nowhere, Sealer("no key: nothing is sealed here"))
    return json.dumps(app.openapi(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(openapi_text(), encoding="utf-8")
