"""First pass: which streams are read, and how. One chain per stream."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pyarrow as pa

from headwater.plan.draft import Draft, Drafted, SourceFacts
from headwater.plan.model import Chain, Scan
from headwater.sdk.errors import ConfigError, DataError, UnknownColumn, UnknownName
from headwater.sdk.stream import Stream
from headwater.spec.names import best_match, is_glob, matches, render
from headwater.spec.steps import StreamSpec
from headwater.toolkit.arrow_types import type_name
from headwater.toolkit.scalars import cursor_type_error, from_json


def select_streams(draft: Draft) -> Draft:
    chosen = [item for facts in draft.sources for item in _of_source(facts)]
    _refuse_twins(chosen)
    return replace(draft, chains=tuple(chosen))


def _of_source(facts: SourceFacts) -> list[Drafted]:
    specs = facts.step.streams
    names = [stream.name for stream in facts.streams]
    for index, spec in enumerate(specs):
        if not any(matches(spec.name, name) for name in names):
            raise _no_match(spec, names, f"{facts.place}.streams[{index}]")
    drafted: list[Drafted] = []
    for stream in facts.streams:
        index = best_match([spec.name for spec in specs], stream.name)
        if index is None or any(matches(pattern, stream.name) for pattern in specs[index].exclude):
            continue
        place = f"{facts.place}.streams[{index}]"
        drafted.append(Drafted(_chain(facts, stream, specs[index], place), specs[index], place))
    return drafted


def _no_match(spec: StreamSpec, names: list[str], place: str) -> ConfigError:
    if not is_glob(spec.name):
        return UnknownName("stream", spec.name, names, place=place)
    shown = ", ".join(sorted(names)[:20]) or "none"
    return ConfigError(
        f"{place}: no stream matches {spec.name!r}",
        hint=f"streams here: {shown}",
        code="config.unknown_stream",
    )


def _chain(facts: SourceFacts, stream: Stream, spec: StreamSpec, place: str) -> Chain:
    columns = _columns(stream, spec, place)
    key = tuple(spec.primary_key) if spec.primary_key is not None else stream.primary_key
    for column in spec.primary_key or ():
        if column not in stream.schema.names:
            raise UnknownColumn(column, stream.schema.names, place=f"{place}.primary_key")
    scan = Scan(facts.key, stream, place, primary_key=key, columns=columns, parallelism=facts.step.parallelism)
    if spec.mode == "incremental":
        scan = _incremental(scan, spec)
    name = render(spec.alias, stream.name) if spec.alias else stream.name
    return Chain(name, scan)


def _columns(stream: Stream, spec: StreamSpec, place: str) -> tuple[str, ...]:
    names = stream.schema.names
    for pattern in (*spec.columns.include, *spec.columns.exclude):
        if not is_glob(pattern) and pattern not in names:
            raise UnknownColumn(pattern, names, place=f"{place}.columns")
    include, exclude = spec.columns.include, spec.columns.exclude
    chosen = [n for n in names if any(matches(p, n) for p in include) and not any(matches(p, n) for p in exclude)]
    if not chosen:
        hint = f"columns here: {', '.join(names)}" if names else "the stream has no columns"
        raise ConfigError(
            f"{place}.columns: nothing of stream {stream.name!r} is selected",
            hint=hint,
            code="config.no_columns",
        )
    if twice := [name for name, times in Counter(chosen).items() if times > 1]:
        raise ConfigError(
            f"{place}: stream {stream.name!r} has more than one column named {twice[0]!r}",
            hint=f"rename one at the source, or leave both out: `columns: {{exclude: [{twice[0]}]}}`",
            code="config.duplicate_column",
        )
    return tuple(chosen)


def _incremental(scan: Scan, spec: StreamSpec) -> Scan:
    stream, place = scan.stream, f"{scan.place}.cursor"
    cursor = spec.cursor or next(iter(stream.cursor_candidates), None)
    if cursor is None:
        raise ConfigError(
            f"{place}: stream {stream.name!r} is read incrementally, but has no cursor",
            hint=f"name a column that grows with every change; columns here: {', '.join(stream.schema.names)}",
            code="config.no_cursor",
        )
    if cursor not in stream.schema.names:
        raise UnknownColumn(cursor, stream.schema.names, place=place)
    if cursor not in scan.columns:
        raise ConfigError(
            f"{place}: the cursor {cursor!r} is not among the columns that are read",
            hint="read it, and drop it later with `select`",
            code="config.cursor_not_read",
        )
    data_type = stream.schema.field(cursor).type
    if problem := cursor_type_error(cursor, data_type):
        raise ConfigError(f"{place}: {problem.message}", hint=problem.hint, code=problem.public_code)
    _check_lag(scan, spec, data_type)
    begin = None if spec.start is None else _start(spec.start, data_type, scan.place)
    return replace(scan, mode="incremental", cursor=cursor, lag=spec.lag, inclusive=spec.inclusive, start=begin)


def _check_lag(scan: Scan, spec: StreamSpec, data_type: pa.DataType) -> None:
    if not spec.lag:
        return
    if pa.types.is_string(data_type) or pa.types.is_time(data_type):
        raise ConfigError(
            f"{scan.place}.lag: there is no lag behind a cursor of type {type_name(data_type)}",
            hint="a lag needs a number, a date or a timestamp",
            code="config.invalid_lag",
        )
    if not spec.inclusive:
        raise ConfigError(
            f"{scan.place}: `lag` reads rows again to find late ones, `inclusive: false` drops all that are not new",
            hint="use one of the two",
            code="config.conflicting_keys",
        )


def _start(written: str | float, data_type: pa.DataType, place: str) -> pa.Scalar:
    try:
        return from_json(written, data_type, column="")
    except DataError as error:
        raise ConfigError(
            f"{place}.start: {written!r} is not a {type_name(data_type)}, the type of the cursor",
            hint="write it as the cursor's column shows it; times as 2024-01-31T12:00:00",
            code="config.invalid_start",
        ) from error


def _refuse_twins(chosen: list[Drafted]) -> None:
    seen: dict[str, Drafted] = {}
    for item in chosen:
        other = seen.setdefault(item.chain.name, item)
        if other is not item:
            raise ConfigError(
                f"{item.place} and {other.place} both bring a stream named {item.chain.name!r}",
                hint="give one of them another name: `alias: crm_{name}`",
                code="config.duplicate_stream",
            )
