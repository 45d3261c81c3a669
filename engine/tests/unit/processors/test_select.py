"""select: which columns, in which order, under which names."""

from __future__ import annotations

import pyarrow as pa
import pytest

from headwater.processors.select import Select, SelectConfig
from headwater.sdk.errors import ConfigError, UnknownColumn
from headwater.testing.processor_contract import ProcessorContract
from headwater.toolkit.arrow_types import with_logical

NAMES = ["id", "name", "email_home", "email_work", "note"]
SCHEMA = pa.schema([(name, pa.string()) for name in NAMES])


def selected(**config: object) -> list[str]:
    """`old>new` where a column is renamed."""
    (project,) = Select(SelectConfig.model_validate(config)).operations(SCHEMA)
    olds = [next(iter(output.expression.columns)) for output in project.outputs]
    news = [output.name for output in project.outputs]
    return [old if old == new else f"{old}>{new}" for old, new in zip(olds, news, strict=True)]


class TestSelect(ProcessorContract):
    processor = Select(SelectConfig(columns=("id", "email_*"), rename={"id": "key"}))
    batch = pa.record_batch({name: ["x", None] for name in NAMES})
    misnamed = Select(SelectConfig(columns=("id", "nmae")))


def test_without_settings_everything_stays() -> None:
    assert selected() == NAMES


def test_columns_come_in_the_order_they_are_written() -> None:
    assert selected(columns=["note", "id"]) == ["note", "id"]


def test_a_glob_stands_for_the_columns_that_are_not_named() -> None:
    assert selected(columns=["note", "*", "id"]) == ["note", "name", "email_home", "email_work", "id"]


def test_a_column_that_two_globs_match_comes_once() -> None:
    assert selected(columns=["*_work", "email_*"]) == ["email_work", "email_home"]


def test_exclude_wins_over_columns() -> None:
    assert selected(exclude=["email_*", "note"]) == ["id", "name"]


def test_columns_are_renamed_where_they_stand() -> None:
    assert selected(columns=["name", "id"], rename={"id": "key", "name": "id"}) == ["name>id", "id>key"]


@pytest.mark.parametrize("key", ["columns", "exclude"])
def test_a_glob_that_matches_nothing_is_an_error(key: str) -> None:
    with pytest.raises(ConfigError, match=rf"select\.{key}: no column matches 'phone_\*'"):
        selected(**{key: ["phone_*"]})


@pytest.mark.parametrize("config", [{"columns": ["id", "nmae"]}, {"exclude": ["nmae"]}, {"rename": {"nmae": "x"}}])
def test_an_unknown_name_is_an_error_with_the_nearest_name(config: dict[str, object]) -> None:
    with pytest.raises(UnknownColumn) as caught:
        selected(**config)
    assert caught.value.hint is not None
    assert caught.value.hint.startswith("did you mean 'name'?")


def test_what_is_missing_is_passed_over_when_that_is_fine() -> None:
    found = selected(columns=["id", "phone_*"], exclude=["secret"], rename={"fax": "f"}, optional=True)
    assert found == ["id"]


@pytest.mark.parametrize("new", ["name", "NAME"])
def test_two_columns_cannot_have_one_name(new: str) -> None:
    with pytest.raises(ConfigError, match="another column has it"):
        selected(rename={"id": new})


def test_a_column_that_is_left_out_cannot_be_renamed() -> None:
    with pytest.raises(ConfigError, match="renamed, but not kept"):
        selected(columns=["name"], rename={"id": "key"})


def test_at_least_one_column_is_left() -> None:
    with pytest.raises(ConfigError, match="no column is left"):
        selected(exclude=["*"])


def test_a_column_is_handed_on_as_itself_so_that_its_logical_type_stays() -> None:
    schema = pa.schema([with_logical(pa.field("key", pa.string()), "uuid")])
    (project,) = Select(SelectConfig(rename={"key": "id"})).operations(schema)
    assert project.outputs[0].expression.sql("duckdb") == '"key"'
    assert project.outputs[0].type is None
