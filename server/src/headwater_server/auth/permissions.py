"""What a role may do. A need is `noun:verb`; the verb decides, but for a few nouns.

viewer     read
operator   viewer, and what concerns runs: run, cancel, retry, check, pause …
editor     operator, and change everything that is configured
admin      everything: users and secrets too
"""

from __future__ import annotations

from typing import Literal, get_args

Role = Literal["viewer", "operator", "editor", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)

_BY_VERB: dict[str, Role] = {
    "read": "viewer",
    "run": "operator",
    "cancel": "operator",
    "retry": "operator",
    "replay": "operator",
    "check": "operator",
    "pause": "operator",
    "write": "editor",
}
# Nouns for which one role does for every verb.
_BY_NOUN: dict[str, Role] = {"secrets": "editor", "tokens": "viewer", "users": "admin"}
_NOUNS = frozenset(
    {
        "catalog",
        "connectors",
        "events",
        "overview",
        "pipelines",
        "processors",
        "project",
        "quarantine",
        "runs",
        "schedules",
        "secrets",
        "tokens",
        "users",
    }
)


def role_for(need: str) -> Role:
    """The lowest role that meets a need. Raises ValueError for a need that nobody knows: a slip in a route."""
    noun, _, verb = need.partition(":")
    if noun not in _NOUNS or verb not in _BY_VERB:
        raise ValueError(f"there is no need {need!r}; nouns are {sorted(_NOUNS)}, verbs {sorted(_BY_VERB)}")
    return _BY_NOUN.get(noun) or _BY_VERB[verb]


def allows(role: Role, needed: Role) -> bool:
    return ROLES.index(role) >= ROLES.index(needed)


def lower(one: Role, other: Role) -> Role:
    return one if allows(other, one) else other
