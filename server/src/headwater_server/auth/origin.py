"""A browser sends its cookie along whoever made it ask; so a change that a cookie pays for must come from our own page.

Source: OWASP Cross-Site Request Forgery Prevention (verifying the origin with standard headers).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request

from headwater_server.kit.problems import Forbidden
from headwater_server.settings import Settings

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def require_same_origin(request: Request) -> None:
    """Raises Forbidden for an unsafe request that another site's page may have made."""
    if request.method in _SAFE:
        return
    origin = request.headers.get("origin")
    if origin is None:
        if request.headers.get("sec-fetch-site") in ("same-origin", "none"):
            return
    elif _is_ours(origin, request):
        return
    raise Forbidden(
        "a request with the session cookie must come from Headwater's own pages",
        hint="programs use an API token: Authorization: Bearer …; behind a proxy, set HEADWATER_BASE_URL",
        code="auth.other_origin",
    )


def _is_ours(origin: str, request: Request) -> bool:
    settings: Settings = request.app.state.settings
    found = urlsplit(origin)
    if settings.base_url:
        public = urlsplit(settings.base_url)
        if (found.scheme, found.netloc) == (public.scheme, public.netloc):
            return True
    return found.scheme in ("http", "https") and found.netloc == request.headers.get("host")
