"""All functions by name: the allow-list."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from headwater.toolkit.expressions.functions import choices, dates, lists, numbers, patterns, text
from headwater.toolkit.expressions.signature import Function

FAMILIES: Mapping[str, tuple[Function, ...]] = MappingProxyType(
    {
        "Text": text.FUNCTIONS,
        "Regular expressions": patterns.FUNCTIONS,
        "Numbers": numbers.FUNCTIONS,
        "Choices": choices.FUNCTIONS,
        "Dates and times": dates.FUNCTIONS,
        "Lists and JSON": lists.FUNCTIONS,
    }
)

FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {name: item for family in FAMILIES.values() for item in family for name in item.names}
)
