"""python: a user's function, held to what was declared."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pyarrow as pa
import pytest
from pydantic import ValidationError

from headwater.processors.python import Python, PythonConfig
from headwater.sdk.errors import ConfigError, DataError, UnknownColumn
from headwater.testing.processor_contract import ProcessorContract

BATCH = pa.record_batch({"id": [1, 2, 3], "name": ["ann", None, "bö"]})
FILE = Path(__file__).parent / "shouting.py"


def processor(file: Path, body: str, function: str = "f", **config: object) -> Python:
    file.write_text("import pyarrow as pa\nimport pyarrow.compute as pc\n" + textwrap.dedent(body), encoding="utf-8")
    return Python(PythonConfig.model_validate({"function": function, "file": str(file), **config}))


def run(made: Python) -> pa.RecordBatch:
    made.output_schema(BATCH.schema)
    return made.process(BATCH)


class TestPython(ProcessorContract):
    processor = Python(
        PythonConfig.model_validate(
            {"function": "shout", "file": str(FILE), "columns": {"*": "same", "loud": "string"}, "arguments": {"by": 2}}
        )
    )
    batch = BATCH
    misnamed = Python(PythonConfig.model_validate({"function": "shout", "file": str(FILE), "columns": {"nme": "same"}}))


def test_columns_may_be_declared_in_any_order_and_types_are_held_to(tmp_path: Path) -> None:
    body = "def f(b): return pa.record_batch({'name': b.column('name'), 'n': pa.array([1, 2, 3], pa.int64())})"
    found = run(processor(tmp_path / "a.py", body, columns={"n": "int32", "name": "same"}))
    assert found.schema == pa.schema([("n", pa.int32()), ("name", pa.string())])


def test_a_function_of_an_installed_package_goes_by_module_and_name() -> None:
    found = run(Python(PythonConfig(function="unit.processors.shouting:quiet")))
    assert found.equals(BATCH)


def test_two_files_of_one_name_do_not_meet(tmp_path: Path) -> None:
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        body = f"def f(b): return b.set_column(1, 'name', pa.array(['{folder}'] * b.num_rows))"
        found = run(processor(tmp_path / folder / "same.py", body))
        assert found.column("name").to_pylist() == [folder] * 3


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("def f(b): return b.slice(1)", "gave 2 rows for 3"),
        ("def f(b): return b.to_pylist()", "gave a list, not a pyarrow.RecordBatch"),
        ("def f(b): return b.select(['id'])", r"lacks \['name'\]"),
        ("def f(b): return b.append_column('x', b.column('id'))", r"has \['x'\]"),
        ("def f(b): return b.set_column(0, 'id', pa.array(['a', 'b', 'c']))", "'id', declared as int64"),
    ],
)
def test_a_function_that_gives_something_else_than_declared_is_named(tmp_path: Path, body: str, message: str) -> None:
    with pytest.raises(ConfigError, match=rf"a\.py:f .*{message}") as caught:
        run(processor(tmp_path / "a.py", body))
    assert caught.value.public_code == "config.function_broke_promise"


def test_an_exception_inside_says_where_and_our_own_errors_pass(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"a\.py:f raised KeyError, line 4 of a\.py: 'x'"):
        run(processor(tmp_path / "a.py", "def f(b):\n    return {}['x']\n"))
    body = "from headwater.sdk.errors import DataError\ndef f(b): raise DataError('no such country')\n"
    with pytest.raises(DataError, match="no such country"):
        run(processor(tmp_path / "b.py", body))


@pytest.mark.parametrize(
    ("body", "function", "code"),
    [
        ("def ff(b): return b", "f", "config.unknown_function"),
        ("def f(b) return b", "f", "config.syntax_error"),
    ],
)
def test_what_is_not_in_the_file_is_found_before_anything_runs(
    tmp_path: Path, body: str, function: str, code: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        processor(tmp_path / "a.py", body, function).output_schema(BATCH.schema)
    assert caught.value.public_code == code


def test_describing_the_output_runs_nothing_of_the_file(tmp_path: Path) -> None:
    made = processor(tmp_path / "a.py", "raise RuntimeError('ran')\ndef f(b): return b\n")
    assert made.output_schema(BATCH.schema) == BATCH.schema
    with pytest.raises(ConfigError, match="cannot be loaded: RuntimeError: ran"):
        made.process(BATCH)


def test_a_missing_file_or_module_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.py cannot be read"):
        Python(PythonConfig(function="f", file=str(tmp_path / "gone.py"))).output_schema(BATCH.schema)
    with pytest.raises(ConfigError, match="no module 'nowhere_at_all'"):
        Python(PythonConfig(function="nowhere_at_all:f")).output_schema(BATCH.schema)


def test_a_relative_file_starts_at_the_folder_of_the_project(tmp_path: Path) -> None:
    found = PythonConfig.model_validate({"function": "f", "file": "steps/a.py"}, context={"directory": tmp_path})
    assert found.file == str(tmp_path / "steps" / "a.py")


def test_columns_that_do_not_exist_and_types_that_do_not_exist_are_refused() -> None:
    with pytest.raises(UnknownColumn, match=r"python\.columns"):
        Python(PythonConfig(function="unit.processors.shouting:quiet", columns={"nam": "same"})).output_schema(
            BATCH.schema
        )
    with pytest.raises(ConfigError, match=r"python\.columns\.x: there is no type"):
        Python(PythonConfig(function="unit.processors.shouting:quiet", columns={"x": "text"})).output_schema(
            BATCH.schema
        )


@pytest.mark.parametrize("config", [{"function": "f"}, {"function": "m:f", "file": "a.py"}, {"function": "f()"}])
def test_a_function_stands_in_a_file_or_in_a_package(config: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        PythonConfig.model_validate(config)
