"""Every plugin of this distribution is whole: file, entry point, contract suite, docs page, extra.

What is counted is the source tree, not what happens to be installed. `headwater.testing` holds no plugins.
"""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

ENGINE = Path(__file__).parents[2]
SOURCE = ENGINE / "src" / "headwater"
DOCS = ENGINE.parent / "docs"
PROJECT = tomllib.loads((ENGINE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NOT_CONNECTORS = {"all", "testing"}
OF_PROCESSORS = {"anonymize"}
SUITES = {
    "sources": "SourceContract",
    "destinations": "DestinationContract",
    "processors": "ProcessorContract",
}


def entry_points(kind: str) -> dict[str, str]:
    """Type name → `module:Class`."""
    return PROJECT["entry-points"].get(f"headwater.{kind}", {})


def connector_types() -> set[str]:
    return set(entry_points("sources")) | set(entry_points("destinations"))


def plugin_names(folder: Path) -> set[str]:
    """The plugins of a folder: each file, or folder of Python files, that is not private."""
    found = {path.stem for path in folder.glob("*.py")}
    found |= {path.parent.name for path in folder.glob("*/*.py")}
    return {name for name in found if not name.startswith("_")}


def declared_class(target: str) -> bool:
    """Whether the entry point's module exists and defines the class, found without importing it."""
    module, _, name = target.partition(":")
    path = ENGINE / "src" / Path(*module.split("."))
    file = path.with_suffix(".py") if path.with_suffix(".py").is_file() else path / "__init__.py"
    if not file.is_file():
        return False
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return any(isinstance(node, ast.ClassDef) and node.name == name for node in tree.body)


def suite_subjects(suite: str) -> set[str]:
    """What is imported by the test modules that subclass the suite: the classes under test are among it."""
    subjects: set[str] = set()
    for file in (ENGINE / "tests").rglob("test_*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
        if any(isinstance(base, ast.Name) and base.id == suite for node in classes for base in node.bases):
            imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
            subjects |= {alias.name for node in imports for alias in node.names}
    return subjects


def test_every_connector_file_has_an_entry_point_and_the_other_way_round() -> None:
    assert plugin_names(SOURCE / "connectors") == connector_types()


def test_every_processor_file_has_an_entry_point_and_the_other_way_round() -> None:
    assert plugin_names(SOURCE / "processors") == set(entry_points("processors"))


@pytest.mark.parametrize("kind", SUITES)
def test_every_entry_point_leads_to_a_class_in_the_file_of_its_name(kind: str) -> None:
    package = "processors" if kind == "processors" else "connectors"
    for name, target in entry_points(kind).items():
        assert target.startswith((f"headwater.{package}.{name}:", f"headwater.{package}.{name}."))
        assert declared_class(target), f"{kind} {name}: {target} does not exist"


@pytest.mark.parametrize("kind", ["sources", "destinations"])
def test_every_half_of_a_connector_has_an_entry_point(kind: str) -> None:
    halves = {path.parent.name for path in (SOURCE / "connectors").glob(f"*/{kind.removesuffix('s')}.py")}
    assert halves == set(entry_points(kind))


@pytest.mark.parametrize(("kind", "suite"), SUITES.items())
def test_every_plugin_passes_through_the_contract_suite(kind: str, suite: str) -> None:
    classes = {target.partition(":")[2] for target in entry_points(kind).values()}
    assert not classes - suite_subjects(suite), f"no test module has a {suite} for these"


def test_every_connector_has_a_docs_page_and_the_other_way_round() -> None:
    assert {page.stem for page in (DOCS / "connectors").glob("*.md")} - {"index"} == connector_types()


def test_every_processor_has_a_docs_page_and_the_other_way_round() -> None:
    assert {page.stem for page in (DOCS / "processors").glob("*.md")} - {"index"} == set(entry_points("processors"))


def test_every_connector_has_an_extra_and_all_of_them_are_in_all() -> None:
    extras = set(PROJECT["optional-dependencies"]) - NOT_CONNECTORS
    assert extras - OF_PROCESSORS == connector_types()
    assert PROJECT["optional-dependencies"]["all"] == [f"headwater[{','.join(sorted(extras))}]"]
