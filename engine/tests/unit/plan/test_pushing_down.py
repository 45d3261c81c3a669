"""Only the columns that somebody uses are read, and only leading filters are pushed to the source."""

import pytest
from unit.plan.drafts import batch, chain, columns, first, rules, where

from headwater.plan.draft import Applied
from headwater.plan.model import Chain
from headwater.run.explain import predicate_text


def after(*steps: Applied, stream: str = "{name: public.orders, write: append}") -> Chain:
    return chain(stream, steps=steps)


def pushed(found: Chain) -> list[str]:
    return [predicate_text(item) for item in found.scan.predicates]


def test_a_copy_reads_everything() -> None:
    assert after().scan.columns == ("id", "at", "n", "note")


@pytest.mark.parametrize(
    ("steps", "read"),
    [
        ((columns(n='"n"'),), ("n",)),
        ((columns(sum='"n" + "at"'),), ("at", "n")),
        ((columns(a='"n"', b='"note"'), columns(c='"a"')), ("n",)),
        ((columns(a='"n"', b='"note"'), columns(c='"a"'), where('"c" > 0')), ("n",)),
        ((where('"at" > 0'), columns(n='"n"')), ("at", "n")),
        ((columns(n='"n"', at='"at"'), where('"at" > 0'), columns(n='"n"')), ("at", "n")),
        ((first("id", by='"at"'), columns(n='"n"')), ("id", "at", "n")),
        ((columns(a='"n"', b='"note"', c='"at"'), first("a", by='"c"'), columns(a='"a"')), ("at", "n")),
        ((columns(one="1"),), ("id",)),
        ((batch(), columns(n='"n"')), ("id", "at", "n", "note")),
        ((columns(n='"n"', id='"id"'), batch(), columns(n='"n"')), ("id", "n")),
    ],
)
def test_columns_that_nobody_uses_are_not_read(steps: tuple[Applied, ...], read: tuple[str, ...]) -> None:
    assert after(*steps).scan.columns == read


def test_a_rejected_row_is_kept_with_all_its_columns() -> None:
    assert after(rules(bad='"n" < 0'), columns(n='"n"')).scan.columns == ("id", "at", "n", "note")
    assert after(columns(n='"n"', at='"at"'), rules(bad='"n" < 0'), columns(n='"n"')).scan.columns == ("at", "n")


def test_an_incremental_read_keeps_its_cursor_and_its_key() -> None:
    found = after(columns(n='"n"'), stream="{name: public.orders, mode: incremental, write: append}")
    assert found.scan.columns == ("id", "at", "n")
    assert found.schema.names == ["n"]


def test_outputs_that_nobody_uses_are_not_computed() -> None:
    found = after(columns(a='"n"', b='"note"'), columns(c='"a"'))
    assert [step.after.names for step in found.steps] == [["a"], ["c"]]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ((where('"n" >= 5'),), ["n >= 5"]),
        ((where('"n" >= 5'), where('"at" >= 7')), ["n >= 5", "at >= 7"]),
        ((where('"n" % 2 = 0'), where('"at" >= 7')), ["at >= 7"]),
        ((columns(n='"at"'), where('"n" >= 5')), []),
        ((where('"n" >= 5'), columns(at='"n"'), where('"at" >= 7')), ["n >= 5"]),
        ((rules(bad='"n" < 0'), where('"n" >= 5')), []),
        ((first("id", by='"at"'), where('"n" >= 5')), []),
        ((batch(), where('"n" >= 5')), []),
        ((where('"n" >= 5'), batch(), where('"at" >= 7')), ["n >= 5"]),
    ],
)
def test_only_filters_at_the_very_beginning_are_pushed(steps: tuple[Applied, ...], expected: list[str]) -> None:
    assert pushed(after(*steps)) == expected


def test_a_filter_of_the_stream_itself_is_pushed_and_stays_in_the_chain() -> None:
    found = chain("{name: public.orders, filter: '\"n\" >= 5'}")
    assert pushed(found) == ["n >= 5"]
    assert [step.name for step in found.steps] == ["filter"]
