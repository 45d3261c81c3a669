"""Contracts of the Open Data Contract Standard and of our own; files that are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from headwater.sdk.errors import ConfigError
from headwater.toolkit.contract.read import read_contract

ODCS = """
apiVersion: v3.0.2
kind: DataContract
id: 53581432-6c55-4ba2-a65f-72344a91553a
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - {name: line, logicalType: integer, primaryKey: true, primaryKeyPosition: 2, required: true}
      - {name: order_id, logicalType: string, primaryKey: true, primaryKeyPosition: 1, unique: true,
         logicalTypeOptions: {minLength: 2, maxLength: 8, pattern: "^[A-Z]"}}
      - {name: amount, logicalType: number, physicalType: "DECIMAL(12,2)", logicalTypeOptions: {minimum: 0}}
      - {name: paid, physicalName: paid_on, logicalType: date, logicalTypeOptions: {format: dd.MM.yyyy}}
      - {name: at, logicalType: date, logicalTypeOptions: {format: "yyyy-MM-dd'T'HH:mm:ss"}}
      - {name: contact, logicalType: string, logicalTypeOptions: {format: email}, description: Who to ask.}
      - {name: items, logicalType: array, items: {logicalType: string}}
  - name: customers
    properties: [{name: id, logicalType: integer}]
"""


def written(tmp_path: Path, text: str) -> str:
    file = tmp_path / "contract.yaml"
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_an_odcs_contract_says_types_keys_and_options(tmp_path: Path) -> None:
    found = read_contract(written(tmp_path, ODCS), "orders")
    assert (found.name, found.primary_key) == ("orders", ("order_id", "line"))
    said = {name: spec.model_dump(exclude_defaults=True) for name, spec in found.columns.items()}
    assert said == {
        "line": {"type": "integer", "nullable": False},
        "order_id": {
            "type": "string",
            "unique": True,
            "min_length": 2,
            "max_length": 8,
            "pattern": "^[A-Z]",
            "match": "part",
        },
        "amount": {"type": "decimal(12,2)", "min": 0},
        "paid_on": {"type": "date", "format": ("%d.%m.%Y",)},
        "at": {"type": "timestamp", "format": ("%Y-%m-%dT%H:%M:%S",)},
        "contact": {"type": "string", "format": ("email",), "description": "Who to ask."},
        "items": {},
    }


def test_one_table_of_several_must_be_chosen(tmp_path: Path) -> None:
    path = written(tmp_path, ODCS)
    with pytest.raises(ConfigError, match="describes 2 tables") as caught:
        read_contract(path)
    assert caught.value.hint == "choose one with `table`: orders, customers"
    with pytest.raises(ConfigError, match="no table named 'order'"):
        read_contract(path, "order")
    assert list(read_contract(path, "customers").columns) == ["id"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("v3.0.2", "v2.2.2", "of version 2.2.2 of the standard"),
        ("{minimum: 0}", "{multipleOf: 2}", "multipleOf cannot be checked"),
        ("format: email", "format: hostname", "the format 'hostname'"),
        ("format: dd.MM.yyyy", "format: EEE", "the format 'EEE'"),
        ("logicalType: number", "logicalType: money", "there is no logicalType 'money'"),
        ("name: contact, ", "", r"properties\[5\]: it has no name"),
    ],
)
def test_what_an_odcs_contract_asks_for_and_nobody_would_check_is_an_error(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    with pytest.raises(ConfigError, match=words):
        read_contract(written(tmp_path, ODCS.replace(old, new)), "orders")


def test_our_own_contract_is_the_config_of_the_processor_in_a_file_and_norway_is_a_country(tmp_path: Path) -> None:
    text = """
name: orders
columns:
  id: int64
  country: {allowed: [NO, on, "1", 1, 1.5, true]}
  since: {type: date, min: 2020-01-01, on_violation: null}
  anything:
primary_key: [id]
unknown: reject
"""
    found = read_contract(written(tmp_path, text))
    assert found.columns["country"].allowed == ("NO", "on", "1", 1, 1.5, True)
    assert (found.columns["since"].min, found.columns["since"].on_violation) == ("2020-01-01", "null")
    assert (found.primary_key, found.unknown, found.name) == (("id",), "reject", "orders")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("columns: {id: {typ: int64}}", "columns.id.typ: Extra inputs"),
        ("columns: {id: intt64}", "columns.id.type: there is no type 'intt64'"),
        ("columns: [id]", "columns: a mapping is expected"),
        ("columns: {id: int64}\nkey: [id]", "key: Extra inputs"),
        ("a: [1", "at line 1, column"),
        ('{"columns": }', "Expecting value"),
        ("- a\n- b", "no contract that is known here"),
        ("hello: world", "no contract that is known here"),
        ("", "no contract that is known here"),
        ("a: &a [*a, *a]\ncolumns: {id: int64}", "a: Extra inputs"),
        ("[" * 10_000, "contract.yaml"),
    ],
)
def test_a_file_that_is_no_contract_is_an_error_that_names_it(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_contract(written(tmp_path, text))
    assert words in caught.value.message
    assert "contract.yaml" in caught.value.message


def test_a_file_that_is_not_text_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "contract.yaml").write_bytes(b"columns: {\xff: int64}")
    with pytest.raises(ConfigError, match="is not UTF-8"):
        read_contract(str(tmp_path / "contract.yaml"))
