"""Nothing is left out: each processor, rule and method has a case."""

from __future__ import annotations

from typing import get_args

from parity.cases import CASES
from parity.planned import processor_targets

from headwater.processors.quality import NAMES
from headwater.toolkit.privacy.methods import AnyMethod


def test_every_processor_has_a_case() -> None:
    assert {case.processor for case in CASES} == set(processor_targets())


def test_every_quality_rule_has_a_case() -> None:
    rules = [rule for case in CASES if case.processor == "quality" for rule in _items(case.config["rules"])]
    assert {rule["rule"] for rule in rules if isinstance(rule, dict)} == set(NAMES)


def test_every_method_of_anonymization_has_a_case() -> None:
    columns = [case.config["columns"] for case in CASES if case.processor == "anonymize"]
    methods = [method for chosen in columns if isinstance(chosen, dict) for method in chosen.values()]
    used = {str(method["method"] if isinstance(method, dict) else method) for method in methods}
    models = get_args(get_args(AnyMethod)[0])
    assert used == {name for model in models for name in get_args(model.model_fields["method"].annotation)}


def test_no_case_has_the_name_of_another() -> None:
    names = [str(case) for case in CASES]
    assert len(set(names)) == len(names)


def _items(value: object) -> list[object]:
    return value if isinstance(value, list) else []
