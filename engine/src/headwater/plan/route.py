"""Third pass: which destinations take each stream, into which table, and how; refused here when it cannot work."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pyarrow as pa

from headwater.plan.clear_names import refuse_unclear
from headwater.plan.draft import DestinationFacts, Draft, Drafted
from headwater.plan.model import LoadPlan
from headwater.sdk.destination import Evolution, Write
from headwater.sdk.errors import ConfigError, UnknownColumn, UnknownName, Unsupported
from headwater.spec.names import is_glob, matches, render
from headwater.spec.pipeline import PipelineSpec
from headwater.spec.write_settings import takes, write_settings
from headwater.toolkit.arrow_types import type_name


def route(draft: Draft) -> Draft:
    for facts in draft.destinations:
        _refuse_idle(facts, draft.chains)
    used = {side.chain.name for item in draft.chains for side in item.chain.sides}
    routed = [_routed(item, draft, used) for item in draft.chains]
    chains = tuple(item for item in routed if item.chain.loads)
    _refuse_shared_tables(chains, {facts.key: facts.step.connector or facts.key for facts in draft.destinations})
    delivered = {item.chain.name for item in chains}
    return replace(draft, chains=tuple(_counted(item, delivered) for item in chains))


def _counted(item: Drafted, delivered: set[str]) -> Drafted:
    """A stream that is only read for others reports its rejected rows with the stream that reads it."""
    sides = tuple(replace(side, counted=side.chain.name in delivered) for side in item.chain.sides)
    return replace(item, chain=replace(item.chain, sides=sides))


def _refuse_idle(facts: DestinationFacts, chains: tuple[Drafted, ...]) -> None:
    names = [item.chain.name for item in chains]
    for target in facts.step.streams:
        if any(matches(target.name, name) for name in names):
            continue
        place = f"{facts.place}.streams"
        if not is_glob(target.name):
            raise UnknownName("stream", target.name, names, place=place)
        hint = f"streams here: {', '.join(names[:20]) or 'none'}"
        raise ConfigError(f"{place}: no stream matches {target.name!r}", hint=hint, code="config.unknown_stream")


def _routed(item: Drafted, draft: Draft, used: set[str]) -> Drafted:
    loads = tuple(load for facts in draft.destinations if (load := _load(item, facts, draft.spec)) is not None)
    if not loads and item.chain.name not in used:
        raise ConfigError(
            f"{item.place}: stream {item.chain.name!r} is read, but no destination takes it",
            hint="add it to a destination's `streams`, or leave it out with `exclude`",
            code="config.stream_without_destination",
        )
    return replace(item, chain=replace(item.chain, loads=loads))


def _load(item: Drafted, facts: DestinationFacts, spec: PipelineSpec) -> LoadPlan | None:
    name, scan = item.chain.name, item.chain.scan
    if not takes(facts.step, name):
        return None
    said = write_settings(spec, facts.step, name, item.spec)
    key = said.key if said.key is not None else scan.primary_key
    default = Write.REPLACE if scan.mode == "full" else Write.MERGE if key else Write.APPEND
    load = LoadPlan(
        facts.key,
        render(said.table, name),
        Write(said.write or default),
        f"{facts.place} ({name})",
        key=key,
        evolution=Evolution(said.evolution),
        verify=said.verify,
    )
    _check(load, item, facts)
    if load.write in (Write.MERGE, Write.SCD2) or said.key is not None:
        return load
    return replace(load, key=_kept(key, item.schema))


def _kept(key: tuple[str, ...], schema: pa.Schema) -> tuple[str, ...]:
    """A source's key is only worth passing on while all of its columns are still there."""
    return key if all(column in schema.names for column in key) else ()


def _check(load: LoadPlan, item: Drafted, facts: DestinationFacts) -> None:
    can = facts.capabilities
    if load.write not in can.writes:
        known = ", ".join(sorted(can.writes))
        raise Unsupported(
            f"{load.place}: {load.write} is not something destination {facts.key!r} can do",
            hint=f"it can: {known}",
            code="config.unsupported_write",
        )
    if load.write is Write.REPLACE and item.chain.scan.mode == "incremental":
        raise ConfigError(
            f"{load.place}: replacing the table with only the rows that are new would lose the others",
            hint="use `mode: full`, or write: merge, append or scd2",
            code="config.replace_incremental",
        )
    _check_marks(load, item)
    if load.write in (Write.MERGE, Write.SCD2) and not load.key:
        raise ConfigError(
            f"{load.place}: {load.write} needs a key, and stream {item.chain.scan.stream.name!r} has no primary key",
            hint=f"say which columns identify a row, `key: [...]`; columns here: {', '.join(item.schema.names)}",
            code="config.no_key",
        )
    if load.write in (Write.MERGE, Write.SCD2):
        for column in load.key:
            if column not in item.schema.names:
                raise UnknownColumn(column, item.schema.names, place=f"{load.place}, key")
    if load.verify == "checksum" and load.evolution is Evolution.IGNORE:
        raise ConfigError(
            f"{load.place}: `verify: checksum` compares whole rows, `evolution: ignore` leaves columns out",
            hint="use one of the two",
            code="config.conflicting_keys",
        )
    _check_names(load, item.schema, can.identifier_bytes)
    for field in item.schema:
        if type_name(field.type).split("<")[0].split("(")[0] in can.unsupported_types:
            raise Unsupported(
                f"{load.place}: {facts.key!r} cannot store column {field.name!r} of type {type_name(field.type)}",
                hint="cast it with `cast`, or leave it out with `select`",
                code="config.unsupported_type",
            )


def _check_marks(load: LoadPlan, item: Drafted) -> None:
    """Appending tells rows at the last cursor value apart by their key; a checksum and a cursor need a query."""
    scan = item.chain.scan
    if load.verify == "checksum" or scan.mode == "incremental":
        refuse_unclear(scan.columns, place=load.place)
    if load.write is not Write.APPEND or scan.mode != "incremental" or not scan.inclusive:
        return
    if missing := [name for name in scan.primary_key if name not in scan.columns]:
        raise ConfigError(
            f"{load.place}: appending tells rows that share a cursor value apart by their key, "
            f"but {missing[0]!r} is not among the columns that are read",
            hint="read it, and drop it later with `select`; or use `inclusive: false` when no cursor value repeats",
            code="config.key_not_read",
        )


def _check_names(load: LoadPlan, schema: pa.Schema, limit: int | None) -> None:
    names = [("table", load.table.rpartition(".")[2]), *(("column", name) for name in schema.names)]
    for kind, name in names:
        if not name or "\0" in name:
            raise ConfigError(
                f"{load.place}: {kind} name {name!r} cannot be used",
                hint="rename it",
                code="config.invalid_identifier",
            )
        if limit is not None and len(name.encode()) > limit:
            raise ConfigError(
                f"{load.place}: {kind} name {name!r} is {len(name.encode())} bytes long, the destination takes {limit}",
                hint="rename it with `select` (columns) or `table:` (tables)",
                code="config.identifier_too_long",
            )
    if twice := [name for name, times in Counter(schema.names).items() if times > 1]:
        raise ConfigError(
            f"{load.place}: more than one column is named {twice[0]!r}",
            hint="rename one",
            code="config.duplicate_column",
        )


def _refuse_shared_tables(chains: tuple[Drafted, ...], systems: dict[str, str]) -> None:
    """`systems` names the connector of each destination: two destinations may be one system."""
    seen: dict[tuple[str, str], LoadPlan] = {}
    for item in chains:
        for load in item.chain.loads:
            other = seen.setdefault((systems[load.destination], load.table), load)
            if other is not load:
                raise ConfigError(
                    f"{other.place} and {load.place} would both go to table {load.table!r}",
                    hint="use a template that tells them apart, for example table: '{schema}_{name}'",
                    code="config.shared_table",
                )
