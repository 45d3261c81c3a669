"""What an expression may not say, and how it is told."""

from __future__ import annotations

import pyarrow as pa
import pytest

from headwater.sdk.errors import ConfigError, UnknownColumn
from headwater.toolkit.expressions.parse import parse, parse_condition

SCHEMA = pa.schema(
    [
        ("id", pa.int64()),
        ("name", pa.string()),
        ("Total", pa.decimal128(12, 2)),
        ("total gross", pa.decimal128(38, 20)),
        ("day", pa.date32()),
        ("tags", pa.list_(pa.string())),
        ("home", pa.struct([("city", pa.string())])),
        ("A", pa.int64()),
        ("a", pa.int64()),
    ]
)


def refused(text: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        parse(text, columns=SCHEMA, place="derive.columns.x")
    assert caught.value.message.startswith("derive.columns.x")
    return caught.value


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("", "config.syntax_error", "empty"),
        ("id +", "config.syntax_error", "something is missing after this"),
        ("id > 1)", "config.syntax_error", "not understood here"),
        ("name = 'x", "config.syntax_error", "not closed"),
        ("id; name", "config.syntax_error", "more than one statement"),
        ("id, name", "config.syntax_error", "not understood here"),
        ("(SELECT 1)", "config.invalid_expression", "a subquery"),
        ("id IN (SELECT 1)", "config.invalid_expression", "IN takes a list of values"),
        ("EXISTS (SELECT 1)", "config.invalid_expression", "a subquery"),
        ("SELECT 1", "config.invalid_expression", "a subquery"),
        ("DROP TABLE x", "config.invalid_expression", "a statement"),
        ("sum(id)", "config.unknown_function", "is an aggregate"),
        ("count(*)", "config.unknown_function", "is an aggregate"),
        ("row_number() OVER ()", "config.invalid_expression", "a window function"),
        ("read_csv('/etc/passwd')", "config.unknown_function", "makes a table"),
        ("getenv('HOME')", "config.unknown_function", "outside the row"),
        ("now()", "config.unknown_function", "another value each time"),
        ("*", "config.invalid_expression", "name the columns"),
        ("?", "config.invalid_expression", "a parameter"),
        (":id", "config.invalid_expression", "a parameter"),
        ("list_filter(tags, lambda x: x > 'a')", "config.unknown_function", "no function 'list_filter'"),
        ("concat(lambda x: x)", "config.invalid_expression", "a lambda"),
        ("id AS other", "config.invalid_expression", "a name (AS"),
        ("tags[1]", "config.invalid_expression", "list_extract"),
        ("name ~ 'x'", "config.invalid_expression", "regexp_matches"),
        ("name > 5", "config.invalid_expression", "string > int64: the types do not meet"),
        ("id = '5'", "config.invalid_expression", "the types do not meet"),
        ("day > '2024-02-30'", "config.invalid_expression", "'2024-02-30' is no date"),
        ("name + 'x'", "config.invalid_expression", "this is not done with string"),
        ("upper(id)", "config.invalid_expression", "argument 1 is int64, and this function wants text"),
        ("upper()", "config.invalid_expression", "does not take 0 argument(s)"),
        ("id AND TRUE", "config.invalid_expression", "a condition is needed"),
        ("CAST(id AS date)", "config.invalid_cast", "int64 cannot be cast to date"),
        ("CAST(id AS integr)", "config.unknown_type", "no type 'integr'"),
        ("CAST(name AS uuid)", "config.unknown_type", "uuid is text in a pipeline"),
        ("date_trunc('fortnight', day)", "config.invalid_expression", "no unit 'fortnight'"),
        ("lpad(name, id)", "config.invalid_expression", "a whole number from 0 to 10000"),
        ("split_part(name, '', 1)", "config.invalid_expression", "not empty"),
        ("regexp_matches(name, '(')", "config.invalid_pattern", "is no regular expression"),
        ("regexp_matches(name, 'a(?=b)')", "config.invalid_pattern", "is no regular expression"),
        ("regexp_matches(name, '[a&&b]')", "config.invalid_pattern", "&& inside"),
        ("regexp_matches(name, 'a{x')", "config.invalid_pattern", "no repetition"),
        ("regexp_replace(name, 'a', 'b')", "config.invalid_expression", "without 'g'"),
        ("regexp_replace(name, 'a*', 'b', 'g')", "config.invalid_pattern", "an empty text"),
        ("regexp_replace(name, 'a', '\\1', 'g')", "config.invalid_pattern", "has 0 group(s)"),
        ("strptime(name, '%b %Y')", "config.invalid_format", "%b"),
        ("json_extract_string(name, '$..a')", "config.invalid_expression", "JSON path"),
        ("home.town", "config.unknown_column", "no column named 'town'"),
        ("name.first", "config.unknown_column", "it is no struct"),
        ("\"total gross\" > id * 1.5", "config.invalid_expression", "a decimal has 38"),
        ("id + INTERVAL 1 DAY", "config.invalid_expression", "wants moment"),
        ("x'00'", "config.syntax_error", "not understood here"),
    ],
)  # fmt: skip
def test_it_is_refused_with_the_reason(text: str, code: str, words: str) -> None:
    error = refused(text)
    assert (error.public_code, words in error.message) == (code, True), error.message


def test_a_syntax_error_shows_the_line_and_the_place() -> None:
    assert refused("id > 0\n  AND AND name = 'x'").message.splitlines()[1:] == [
        "      AND AND name = 'x'",
        "          ^",
    ]


def test_an_unknown_function_is_pointed_at_and_the_nearest_one_is_offered() -> None:
    error = refused("name = uper(name)")
    assert error.message.splitlines()[1:] == ["    name = uper(name)", "           ^"]
    assert error.hint is not None
    assert error.hint.startswith("did you mean 'upper'?")


def test_an_unknown_column_is_an_unknown_column_error_with_the_nearest_name() -> None:
    error = refused("id > 0 AND nmae = 'x'")
    assert isinstance(error, UnknownColumn)
    assert "position 12" in error.message
    assert "did you mean 'name'?" in (error.hint or "")


def test_a_column_is_found_by_its_exact_name_first_and_else_without_regard_to_case() -> None:
    found = [parse(text, columns=SCHEMA, place="x").columns for text in ("total", '"TOTAL"', "a", "A", '"total gross"')]
    assert found == [{"Total"}, {"Total"}, {"a"}, {"A"}, {"total gross"}]


def test_a_name_that_fits_two_columns_is_ambiguous() -> None:
    schema = pa.schema([("ID", pa.int64()), ("Id", pa.int64())])
    with pytest.raises(ConfigError, match="could be 'ID', 'Id'") as caught:
        parse("id", columns=schema, place="x")
    assert caught.value.public_code == "config.ambiguous_column"


def test_a_condition_must_be_true_or_false() -> None:
    with pytest.raises(ConfigError, match="a condition is needed here, and this is int64"):
        parse_condition("id + 1", columns=SCHEMA, place="filter.where")


@pytest.mark.parametrize("text", ["(" * 3000 + "1" + ")" * 3000, "-" * 5000 + "1", "id + " * 8000 + "id"])
def test_nesting_without_end_is_refused_and_does_not_crash(text: str) -> None:
    assert refused(text).public_code in ("config.syntax_error", "config.expression_too_large")


def test_a_chain_of_a_thousand_conditions_is_fine() -> None:
    text = " AND ".join(f"id <> {number}" for number in range(1000))
    assert parse(text, columns=SCHEMA, place="x").sql("duckdb").count("<>") == 1000


def test_casts_in_casts_cannot_grow_the_sql_without_end() -> None:
    text = "name"
    for _ in range(12):
        text = f"CAST(CAST({text} AS float64) AS string)"
    with pytest.raises(ConfigError) as caught:
        parse(text, columns=SCHEMA, place="x").sql("spark")
    assert caught.value.public_code == "config.expression_too_large"


def test_hostile_names_and_texts_stay_names_and_texts() -> None:
    schema = pa.schema([('x"; DROP TABLE y; --', pa.string()), ("`", pa.string())])
    found = parse("\"x\"\"; DROP TABLE y; --\" = 'a''; \\ --' OR \"`\" = 'b'", columns=schema, place="x")
    assert found.sql("duckdb") == "((\"x\"\"; DROP TABLE y; --\" = 'a''; \\ --') OR (\"`\" = 'b'))"
    assert found.sql("spark") == "((`x\"; DROP TABLE y; --` = 'a\\'; \\\\ --') OR (```` = 'b'))"
