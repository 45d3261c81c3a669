"""anonymize: what each relational method makes of values, and what is refused."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from pydantic import ValidationError
from unit.processors.apply import apply

from headwater.processors.anonymize import Anonymize, AnonymizeConfig
from headwater.sdk.errors import ConfigError, UnknownColumn
from headwater.sdk.processor import BatchProcessor, Project

KEY = "0123456789abcdefg"


def moment(*parts: int) -> datetime:
    """Without a zone."""
    year, month, day, *rest = parts
    return datetime(year, month, day, *rest, tzinfo=UTC).replace(tzinfo=None)


def made(columns: dict[str, Any], **config: Any) -> Anonymize:
    return Anonymize(AnonymizeConfig.model_validate({"columns": columns, "key": KEY, **config}))


def anonymized(values: Any, method: Any, **config: Any) -> list[Any]:
    """The column `x` of these values afterwards."""
    column = values if isinstance(values, pa.Array) else pa.array(values)
    return apply(made({"x": method}, **config), pa.table({"x": column})).table["x"].to_pylist()


def token(text: str, key: str = KEY) -> str:
    return hmac.digest(key.encode(), text.encode(), "sha256").hex()


def test_a_hash_is_plain_hmac_sha_256_of_the_value() -> None:
    assert anonymized(["ann", None, "", "Ünï 🦉"], "hash") == [token("ann"), None, token(""), token("Ünï 🦉")]


def test_a_key_longer_than_a_block_is_hashed_first_as_rfc_2104_says() -> None:
    key = "long key " * 20
    assert anonymized(["ann"], "hash", key=key) == [token("ann", key)]


@pytest.mark.parametrize("key", ["hex:" + KEY.encode().hex(), "base64:MDEyMzQ1Njc4OWFiY2RlZmc="])
def test_a_key_may_be_written_in_hex_and_base64(key: str) -> None:
    assert anonymized(["ann"], "hash", key=key) == [token("ann")]


def test_equal_numbers_have_equal_tokens_whatever_their_type() -> None:
    columns = [
        pa.array([5], pa.int8()),
        pa.array([5], pa.uint64()),
        pa.array([5.0]),
        pa.array([Decimal("5.00")], pa.decimal128(38, 2)),
        pa.array(["5"]),
    ]
    assert {anonymized(column, "hash")[0] for column in columns} == {token("5")}
    assert anonymized([-0.0, 0.0], "hash") == [token("0"), token("0")]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (date(2024, 2, 29), "2024-02-29"),
        (moment(2024, 2, 29, 1, 2, 3), "2024-02-29 01:02:03"),
        (True, "true"),
        (Decimal("0.10"), "0.1"),
        (b"a\0b", "a\0b"),
    ],
)
def test_other_types_are_hashed_as_their_text(value: Any, text: str) -> None:
    assert anonymized([value], "hash") == [token(text)]


def test_a_token_may_be_short_base64_and_name_its_key() -> None:
    whole = hashlib.sha256(b"").hexdigest()
    assert len(anonymized(["ann"], "hash")[0]) == len(whole)
    assert anonymized(["ann"], {"method": "hash", "length": 16}) == [token("ann")[:16]]
    (short,) = anonymized(
        ["ann"], {"method": "hash", "encoding": "base64", "length": 10, "show_version": True}, key_version="7"
    )
    assert short.startswith("v7:")
    assert len(short) == 13


def test_values_that_differ_in_case_and_spaces_may_be_one() -> None:
    found = anonymized([" Ann@X.org ", "ann@x.org"], {"method": "hash", "normalize": "lower"})
    assert found == [token("ann@x.org")] * 2


def test_domains_keep_tokens_apart() -> None:
    table = pa.table({"a": ["ann"], "b": ["ann"], "c": ["ann"]})
    methods = {"a": "hash", "b": "hash", "c": {"method": "hash", "domain": "c"}}
    (row,) = apply(made(methods), table).rows
    assert row["a"] == row["b"] != row["c"]


@pytest.mark.parametrize(
    ("method", "shown"),
    [
        ({}, "************"),
        ({"keep_last": 4}, "********4567"),
        ({"keep_first": 3, "keep_last": 2}, "+49*******67"),
        ({"keep_last": 12}, "************"),
        ({"keep_last": 4, "character": "•"}, "••••••••4567"),
        ({"length": 5}, "*****"),
        ({"length": 3, "keep_last": 2}, "***67"),
        ({"keep_characters": "+ ", "keep_last": 4}, "+** *** 4567"),
        ({"pattern": r"(\d)\d+", "replacement": r"\1x"}, "+4x 1x 4x"),
        ({"pattern": "[a-z]+"}, "************"),
    ],
)
def test_a_mask_shows_what_it_was_told_and_no_more(method: dict[str, Any], shown: str) -> None:
    assert anonymized(["+49 170 4567"], {"method": "mask", **method}) == [shown]


@pytest.mark.parametrize("method", [{"keep_last": 4}, {"length": 4}, {"pattern": "(.)"}, {"keep_characters": "-"}])
def test_a_mask_leaves_null_alone(method: dict[str, Any]) -> None:
    assert anonymized(pa.array([None], pa.string()), {"method": "mask", **method}) == [None]


def test_a_mask_of_a_number_is_a_text() -> None:
    assert anonymized([123456, -1], {"method": "mask", "keep_last": 2}) == ["****56", "**"]


def test_what_looks_personal_goes_out_of_free_text_and_dates_stay() -> None:
    text = (
        "Ann <ann.lee+x@mail.example.org>, müller@bücher.de, +49 (0)30 123456, 030/1234567, (555) 123-4567, "
        "01 99 00 12 34; DE89 3704 0044 0532 0130 00, 4111-1111-1111-1111; "
        "on 01.02.2024, 2024-02-01, 12:30:45, 1,234.56"
    )
    assert anonymized([text, "", None], "redact") == [
        "Ann <[email]>, [email], [phone], [phone], [phone], "
        "[phone]; [iban], [card]; on 01.02.2024, 2024-02-01, 12:30:45, 1,234.56",
        "",
        None,
    ]


def test_own_patterns_and_another_replacement_are_taken_literally() -> None:
    method = {"method": "redact", "kinds": [], "patterns": {"order": "ORD-[0-9]+"}, "replacement": r"<{kind} $1 \1>"}
    assert anonymized(["my ORD-17"], method) == [r"my <order $1 \1>"]


def test_addresses_of_the_net_are_redacted_when_asked_for() -> None:
    method = {"method": "redact", "kinds": ["ip"]}
    found = anonymized(["from 10.1.2.3 and 2001:db8::ff00:42:8329, at 12:30:45 v1.2.3", "::1"], method)
    assert found == ["from [ip] and [ip], at 12:30:45 v1.2.3", "[ip]"]


def test_an_emptied_column_keeps_its_type() -> None:
    table = pa.table({"x": pa.array([Decimal("1.5"), None], pa.decimal128(5, 1)), "y": [[1], [2]]})
    found = apply(made({"x": "nullify", "y": "nullify"}), table).table
    assert found.schema.types == [pa.decimal128(5, 1), pa.list_(pa.int64())]
    assert found.to_pylist() == [{"x": None, "y": None}] * 2


@pytest.mark.parametrize(
    ("method", "value", "less"),
    [
        ({"to": "month"}, date(2024, 2, 29), date(2024, 2, 1)),
        ({"to": "year"}, "2024-02-29", date(2024, 1, 1)),
        ({"to": "year"}, "yesterday", None),
        ({"to": "decade"}, date(2029, 2, 1), date(2020, 1, 1)),
        ({"to": "decade"}, date(9, 2, 1), date(1, 1, 1)),
        ({"to": "hour"}, moment(2024, 2, 29, 13, 59), moment(2024, 2, 29, 13)),
        ({"bin": 10}, 27, 20),
        ({"bin": 10}, -1, -10),
        ({"bin": 10}, -(2**63), None),
        ({"bin": 10, "show": "range"}, 27, "20-29"),
        ({"bin": 2.5}, 6.1, 5.0),
        ({"bin": 100, "show": "range"}, Decimal("149.99"), "100 to 200"),
        ({"prefix": 3}, "10115", "101"),
        ({"prefix": 3}, "101", None),
        ({"network": 24}, "10.1.2.3", "10.1.2.0/24"),
        ({"network": 8}, "10.1.2.3", "10.0.0.0/8"),
        ({"network": 24}, "2001:DB8:1:2::3", "2001:db8:1::/48"),
        ({"network": 24}, "2001:db8::3", "2001:db8::/48"),
        ({"network": 24}, "10.1.2.300", None),
        ({"network": 24}, "localhost", None),
        ({"age_band": 10, "as_of": "2026-05-17"}, date(1990, 5, 17), "30-39"),
        ({"age_band": 10, "as_of": "2026-05-16"}, date(1986, 5, 17), "30-39"),
        ({"age_band": 10}, date(1901, 1, 1), "90+"),
        ({"age_band": 10, "as_of": "2026-05-17"}, date(2027, 1, 1), None),
        ({"age_band": 5}, 17, "15-19"),
        ({"age_band": 20}, 85, "80-89"),
    ],
)
def test_a_generalized_value_has_less_detail_or_none(method: dict[str, Any], value: Any, less: Any) -> None:
    assert anonymized([value, None], {"method": "generalize", **method}) == [less, None]


def test_a_cell_of_a_megabyte_passes_every_method() -> None:
    big = "1234567 a@b.org " * 65_536
    assert anonymized([big], "hash") == [token(big)]
    assert anonymized([big], {"method": "mask", "keep_last": 1}) == ["*" * (len(big) - 1) + " "]
    assert anonymized([big], "redact") == ["1234567 [email] " * 65_536]


def test_columns_keep_their_places_and_a_name_goes_before_a_glob() -> None:
    table = pa.table({"a_mail": ["x"], "id": [1], "b_mail": ["y"]})
    found = apply(made({"*_mail": "nullify", "b_mail": {"method": "mask"}}), table)
    assert found.rows == [{"a_mail": None, "id": 1, "b_mail": "*"}]


def test_only_what_a_method_changes_is_protected() -> None:
    (project,) = made({"x": "hash"}).operations(pa.schema([("x", pa.string()), ("y", pa.string())]))
    assert isinstance(project, Project)
    assert [output.protects for output in project.outputs] == [True, False]


def test_methods_that_are_sql_need_no_second_pass_over_the_rows() -> None:
    assert not isinstance(made({"x": "hash", "y": "redact"}), BatchProcessor)
    assert isinstance(made({"x": "encrypt"}), BatchProcessor)


def test_no_byte_of_a_key_is_in_the_sql() -> None:
    (project,) = made({"x": "hash"}).operations(pa.schema([("x", pa.string())]))
    assert isinstance(project, Project)
    inner = bytes(byte ^ 0x36 for byte in KEY.encode())
    for dialect in ("duckdb", "spark"):
        sql = project.outputs[0].expression.sql(dialect)
        assert KEY not in sql + repr(project)
        assert inner.hex() not in sql.lower() + repr(project)


@pytest.mark.parametrize(
    ("config", "code", "words"),
    [
        ({"columns": {"x": "hash"}}, "missing_key", "hash of 'x' needs a key"),
        ({"columns": {"x": "hash"}, "key": "short"}, "weak_key", "5 bytes"),
        ({"columns": {"x": "hash"}, "key": ""}, "weak_key", "0 bytes"),
        ({"columns": {"x": "hash"}, "key": "hex:0102"}, "weak_key", "2 bytes"),
        ({"columns": {"x": "hash"}, "key": "hex:no hex at all, but long"}, "weak_key", "decoded"),
        ({"columns": {}}, "wrong_value", "nothing to do"),
        ({"columns": {"x": {"method": "generalize"}}}, "wrong_value", "has none"),
        ({"columns": {"x": {"method": "generalize", "bin": 1, "prefix": 2}}}, "wrong_value", "bin and prefix"),
        ({"columns": {"x": {"method": "mask", "pattern": "a", "keep_last": 1}}}, "wrong_value", "not both"),
        ({"columns": {"x": {"method": "noise", "key": KEY}}}, "wrong_value", "relative or absolute"),
        ({"columns": {"x": "scramble"}}, "union_tag_invalid", "scramble"),
    ],
)
def test_a_config_that_cannot_work_says_why_and_never_shows_a_key(config: Any, code: str, words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        AnonymizeConfig.model_validate(config)
    (error,) = caught.value.errors()
    assert error["type"] == code
    assert words in error["msg"]
    assert not config.get("key") or config["key"] not in str(caught.value)


@pytest.mark.parametrize(
    ("data_type", "method", "code"),
    [
        (pa.list_(pa.string()), "hash", "config.unsupported_type"),
        (pa.binary(), {"method": "mask"}, "config.unsupported_type"),
        (pa.int64(), "redact", "config.unsupported_type"),
        (pa.string(), {"method": "generalize", "bin": 10}, "config.unsupported_type"),
        (pa.int64(), {"method": "generalize", "to": "month"}, "config.unsupported_type"),
        (pa.date32(), {"method": "generalize", "to": "hour"}, "config.unsupported_type"),
        (pa.int64(), {"method": "generalize", "network": 24}, "config.unsupported_type"),
        (pa.int64(), "tokenize", "config.unsupported_type"),
        (pa.string(), {"method": "mask", "pattern": "(?=x)"}, "config.invalid_pattern"),
        (pa.string(), {"method": "mask", "pattern": "a*"}, "config.invalid_pattern"),
        (pa.string(), {"method": "redact", "patterns": {"x": "("}}, "config.invalid_pattern"),
    ],
)
def test_a_type_or_pattern_that_does_not_go_is_refused_before_anything_runs(
    data_type: pa.DataType, method: Any, code: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        made({"x": method}).operations(pa.schema([("x", data_type)]))
    assert caught.value.public_code == code
    assert "anonymize.columns.x" in caught.value.message


@pytest.mark.parametrize("name", ["emial", "phone*"])
def test_a_column_that_is_not_there_is_an_error_unless_it_may_be_missing(name: str) -> None:
    schema = pa.schema([("email", pa.string())])
    with pytest.raises(UnknownColumn, match=r"anonymize\.columns"):
        made({name: "hash"}).operations(schema)
    assert made({name: "hash"}, optional=True).operations(schema) == ()
