"""Pipelines of their own for the tests of the editor, over the example's shop."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from e2e.demo import Demo
from e2e.running import Api

_NUMBERS = count(1)


def two_steps(demo: Demo, name: str) -> dict[str, Any]:
    """Orders and customers; a rule that rejects some orders, then a mask over the customers' addresses."""
    return {
        "sources": [{"connector": demo.source, "streams": ["orders", "customers"]}],
        "processors": [
            {
                "type": "quality",
                "name": "known_status",
                "streams": "orders",
                "config": {"rules": [{"rule": "in", "column": "status", "values": ["paid", "shipped"]}]},
            },
            {"type": "derive", "name": "totals", "streams": "orders", "config": {"columns": {"note": "upper(note)"}}},
            {
                "type": "anonymize",
                "name": "protect",
                "streams": "customers",
                "config": {"columns": {"email": {"method": "mask", "keep_first": 1}}},
            },
        ],
        "destinations": [{"connector": demo.warehouse, "table": f"{name}_{{name}}"}],
    }


@pytest.fixture
def pipeline(api: Api, demo: Demo) -> str:
    """The name of a saved pipeline that no other test sees."""
    name = f"edited_{next(_NUMBERS)}"
    api.put_pipeline(name, two_steps(demo, name))
    return name
