"""Paths as text and as tuples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.spec.paths import BadPath, Path, dotted, read_path


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("pipelines.orders.engine", ("pipelines", "orders", "engine")),
        ("a[0].b[12]", ("a", 0, "b", 12)),
        ('connectors."my.db".config', ("connectors", "my.db", "config")),
        ("connectors.'my.db'.config", ("connectors", "my.db", "config")),
        (r'a."say \"hi\""', ("a", 'say "hi"')),
        ("streams.public dim", ("streams", "public dim")),
    ],
)
def test_a_path_reads_as_written(text: str, path: Path) -> None:
    assert read_path(text) == (path, "")


def test_what_follows_the_first_equals_sign_outside_quotes_is_left() -> None:
    assert read_path('a."b=c".d=e=f') == (("a", "b=c", "d"), "=e=f")


@pytest.mark.parametrize("text", ["", "=1", ".a", "a..b", "a.", "a[x]", 'a."b', "a b]", 'a."b"c'])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(BadPath):
        read_path(text)


@given(
    st.lists(st.text(min_size=1) | st.integers(0, 99), min_size=1, max_size=5).filter(lambda p: isinstance(p[0], str))
)
def test_every_path_survives_being_written(path: list[str | int]) -> None:
    assert read_path(dotted(tuple(path))) == (tuple(path), "")
