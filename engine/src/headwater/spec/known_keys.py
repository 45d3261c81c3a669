"""Which keys a model takes at a place: for the hint after an unknown one, and for reading shorthands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

from pydantic import BaseModel

Location = tuple[str | int, ...]


def models_at(root: type[BaseModel], location: Location) -> tuple[type[BaseModel], ...]:
    """The models that may stand at a location of pydantic's (dict keys, list indexes, union tags)."""
    found: list[object] = [root]
    for part in location:
        found = [below for item in found for below in _below(item, part)]
    return tuple(item for item in found if isinstance(item, type) and issubclass(item, BaseModel))


def keys_at(root: type[BaseModel], location: Location) -> list[str]:
    """The keys that may stand at a location; none when it takes any, or no mapping."""
    names: dict[str, None] = {}
    for model in models_at(root, location):
        names.update(dict.fromkeys(info.alias or name for name, info in model.model_fields.items()))
    return list(names)


def _below(item: object, part: str | int) -> Iterable[object]:
    """What may stand under `part` of this type, with Optional, Annotated and unions taken apart."""
    if isinstance(item, type) and issubclass(item, BaseModel):
        for name, info in item.model_fields.items():
            if part in (name, info.alias):
                yield from _unwrapped(info.annotation)
        if part in _tags(item):
            yield item
        return
    origin, arguments = get_origin(item), get_args(item)
    if isinstance(origin, type) and issubclass(origin, Mapping) and len(arguments) == 2:
        yield from _unwrapped(arguments[1])
    elif isinstance(origin, type) and issubclass(origin, Sequence) and isinstance(part, int):
        for argument in arguments:
            yield from _unwrapped(argument)


def _unwrapped(annotation: object) -> Iterable[object]:
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _unwrapped(get_args(annotation)[0])
    elif origin is Union or origin is UnionType:
        for argument in get_args(annotation):
            yield from _unwrapped(argument)
    else:
        yield annotation


def _tags(model: type[BaseModel]) -> tuple[object, ...]:
    """Values of literal fields: pydantic puts the one that chose a union's member into the location."""
    literals = (info.annotation for info in model.model_fields.values() if get_origin(info.annotation) is Literal)
    return tuple(value for literal in literals for value in get_args(literal))
