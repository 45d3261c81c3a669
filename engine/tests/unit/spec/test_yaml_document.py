"""YAML text to data with places: the core schema of YAML 1.2, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.spec.paths import Path
from headwater.spec.problems import ProjectInvalid
from headwater.spec.yaml_document import compose, decode


def plain(text: str) -> object:
    return compose(text, "f.yaml").plain()


def refusal(text: str) -> ProjectInvalid:
    with pytest.raises(ProjectInvalid) as caught:
        compose(text, "f.yaml")
    return caught.value


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("true", True),
        ("FALSE", False),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("NO", "NO"),
        ("~", None),
        ("", None),
        ("12", 12),
        ("012", 12),
        ("0o17", 15),
        ("0x1F", 31),
        ("-7", -7),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("1.", 1.0),
        (".inf", float("inf")),
        ("-.INF", float("-inf")),
        ("2026-01-31", "2026-01-31"),
        ("2026-01-31T10:00:00Z", "2026-01-31T10:00:00Z"),
        ("'12'", "12"),
        ('"true"', "true"),
        ("!!str 12", "12"),
        ("!!float 12", 12.0),
        ("! 12", "12"),
        ("=", "="),
        ("+", "+"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_a_scalar_means_what_yaml_1_2_says(written: str, meant: object) -> None:
    value = plain(f"a: {written}\n")
    assert value == {"a": meant}
    assert isinstance(value, dict)
    assert type(value["a"]) is type(meant)


def test_keys_are_text_whatever_they_look_like() -> None:
    assert plain("{1: a, true: b, null: c, on: d}") == {"1": "a", "true": "b", "null": "c", "on": "d"}


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("a",), "f.yaml:1"),
        (("a", "b"), "f.yaml:2"),
        (("a", "b", 1), "f.yaml:4"),
        (("a", "b", 7), "f.yaml:2"),
        (("nowhere", "at", "all"), "f.yaml:1"),
    ],
)
def test_every_value_knows_its_place_and_a_missing_one_its_parents(path: Path, place: str) -> None:
    assert str(compose("a:\n  b:\n    - one\n    - two\n", "f.yaml").mark_of(path)) == place


def test_anchors_aliases_and_merge_keys_work_and_own_keys_win() -> None:
    text = "base: &b {host: h, port: 1}\none: {<<: *b, port: 2}\ntwo: {<<: [{x: 1}, *b]}\nthree: *b\n"
    assert plain(text) == {
        "base": {"host": "h", "port": 1},
        "one": {"port": 2, "host": "h"},
        "two": {"x": 1, "host": "h", "port": 1},
        "three": {"host": "h", "port": 1},
    }


def test_every_duplicate_key_is_reported_with_both_places() -> None:
    error = refusal("a: 1\nb: {c: 1, c: 2}\na: 3\n")
    assert [(problem.code, problem.line, problem.path) for problem in error.problems] == [
        ("config.duplicate_key", 2, "b.c"),
        ("config.duplicate_key", 3, "a"),
    ]
    assert "first at line 1" in error.problems[1].message


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a: [1, 2\nb: 3\n", 2, "not YAML"),
        ("a: 'never closed\n", 2, "not YAML"),
        ("a:\n\t- b\n", 2, "not YAML"),
        ("a: !!python/object:os.system x\n", 1, "!!python/object:os.system has no meaning"),
        ("a: !secret x\n", 1, "!secret has no meaning"),
        ("a: !!timestamp 2026-01-01\n", 1, "!!timestamp has no meaning"),
        ("a: !!int x\n", 1, "not what its tag !!int says"),
        ("a: 1\n---\nb: 2\n", 2, "one document"),
        ("? [a, b]\n: c\n", 1, "a key must be a single name"),
        ("a: *nobody\n", 1, "no anchor &nobody"),
        ("a: &x [*x]\n", 1, "inside &x itself"),
        ("a: {<<: 3}\n", 1, "`<<` takes a mapping"),
        ("a: b\x07\n", 1, "U+0007"),
        ("a: b\n\x00", 2, "U+0000"),
        ("a: \ud800\n", 1, "U+D800"),
    ],
)
def test_what_is_no_yaml_for_a_project_is_refused_at_its_line(text: str, line: int, message: str) -> None:
    problem = refusal(text).problems[0]
    assert (problem.line, problem.code) == (line, "config.invalid_yaml")
    assert message in problem.message


def test_tabs_get_a_hint() -> None:
    assert "spaces, not tabs" in (refusal("a:\n\t- b\n").hint or "")


def test_aliases_that_stand_for_billions_of_values_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert "more than 1,000,000 values" in refusal("\n".join(lines)).message


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_endless_nesting_is_refused_and_does_not_crash(opening: str) -> None:
    assert refusal(opening * 50_000).problems[0].code == "config.invalid_yaml"


def test_a_file_of_more_than_ten_megabytes_is_refused() -> None:
    assert "at most 10 MB" in refusal("# " + "x" * 10_000_000).message
    with pytest.raises(ProjectInvalid, match="at most 10 MB"):
        decode(b"x" * 10_000_001, "f.yaml")


def test_text_that_is_not_utf_8_is_refused_with_its_line() -> None:
    with pytest.raises(ProjectInvalid) as caught:
        decode("a: 1\nb: ü\n".encode("latin-1"), "f.yaml")
    assert caught.value.problems[0].line == 2


def test_a_byte_order_mark_and_windows_line_ends_change_nothing() -> None:
    text = decode(b"\xef\xbb\xbfa: 1\r\nb: |\r\n  x\r\n", "f.yaml")
    assert plain(text) == {"a": 1, "b": "x\n"}


@given(st.text(max_size=60))
def test_any_text_is_data_or_a_refusal_with_problems(text: str) -> None:
    try:
        value = compose(text, "f.yaml").plain()
    except ProjectInvalid as error:
        value = error.problems[0].message
    assert value is None or isinstance(value, bool | int | float | str | list | dict)
