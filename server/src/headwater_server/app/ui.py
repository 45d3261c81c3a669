"""Serves the built web UI beside the API: files by name, and index.html for every address that the UI itself knows.

Promises: what has a hash in its name is cached for a year, index.html never; pages may load from here only (CSP); a
file that was packed when the UI was built is sent packed to whoever takes gzip.
"""

from __future__ import annotations

from mimetypes import guess_type
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, PlainTextResponse, Response

from headwater_server.kit.problems import NotFound
from headwater_server.settings import Settings

IN_WHEEL = Path(__file__).resolve().parents[1] / "static"
_FOREVER, _ASK = "public, max-age=31536000, immutable", "no-cache"
HEADERS = {
    # Mantine and CodeMirror set style attributes at run time; scripts come from files alone.
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_NOT_BUILT = "The web UI is not built here. In a checkout: make ui. The API is at /api.\n"


def ui_folder(settings: Settings) -> Path:
    return (settings.ui_folder or IN_WHEEL).resolve()


def install(app: FastAPI, settings: Settings) -> None:
    """Answer what no route of the API has answered. Register it last."""
    root = ui_folder(settings)

    async def show_page(request: Request, path: str) -> Response:
        if path == "api" or path.startswith("api/"):
            raise NotFound(f"the API has no route /{path}", hint="see /api/openapi.json", code="request.no_such_route")
        found = _file(root, path)
        if found is None and _names_a_file(path):
            return PlainTextResponse("there is no such file\n", 404)
        found = found or _file(root, "index.html")
        if found is None:
            return PlainTextResponse(_NOT_BUILT, 404)
        caching = _FOREVER if path.startswith("assets/") else _ASK
        headers = {**HEADERS, "Cache-Control": caching, "Vary": "Accept-Encoding"}
        packed = found.with_name(f"{found.name}.gz")
        if "gzip" in request.headers.get("accept-encoding", "") and packed.is_file():
            kind = guess_type(found.name)[0]
            return FileResponse(packed, media_type=kind, headers={**headers, "Content-Encoding": "gzip"})
        return FileResponse(found, headers=headers)

    app.add_api_route("/{path:path}", show_page, methods=["GET", "HEAD"], include_in_schema=False)


def _names_a_file(path: str) -> bool:
    """Not every dot makes a file: connectors, pipelines and streams may have one in their names, which are never the
    first part of an address.
    """
    return path.startswith("assets/") or ("." in path and "/" not in path)


def _file(root: Path, path: str) -> Path | None:
    """The file of that name, if it lies below the folder: no way leads out of it."""
    try:
        found = (root / path).resolve()
        return found if found.is_relative_to(root) and found.is_file() else None
    except (OSError, ValueError):
        return None
