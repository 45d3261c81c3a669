"""When a pipeline runs by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from headwater.sdk.errors import nearest_hint
from headwater.spec.base import Names, SpecModel, Text, fault
from headwater.spec.cron import cron_fault
from headwater.spec.quantities import Duration
from headwater.spec.references import needs_resolving


def _check_cron(value: str) -> str:
    found = None if needs_resolving(value) else cron_fault(value)
    if found:
        raise fault("wrong_value", f"cannot be read as cron: {found}", 'for example "0 2 * * *": every day at 02:00')
    return value


def _check_timezone(value: str) -> str:
    if needs_resolving(value):
        return value
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        known = available_timezones()
        if known:
            hint = nearest_hint(value, sorted(known), shown=5)
            raise fault("wrong_value", f"there is no time zone named {value!r}", hint) from error
    return value


def _only_text(value: object) -> object:
    """A bare number would be read as seconds since 1970."""
    if isinstance(value, str | datetime):
        return value
    raise fault("wrong_type", "should be a date or a time", 'for example "2026-01-01" or "2026-01-01T06:00:00Z"')


Moment = Annotated[datetime, BeforeValidator(_only_text)]


class ScheduleSpec(SpecModel):
    """One pipeline, and when it runs: by cron, at an interval, or after other pipelines."""

    pipeline: Text = Field(description="Pipeline to run.")
    cron: Annotated[str, AfterValidator(_check_cron)] | None = Field(
        default=None,
        description="Cron expression of five fields, or @daily and its like.",
        examples=["0 2 * * *", "@hourly"],
    )
    every: Duration | None = Field(
        default=None, description="Interval between two starts, counted from `start` or midnight."
    )
    after: Names = Field(
        default=(), description="Run when these pipelines have succeeded; with cron or every: wait for them."
    )
    timezone: Annotated[str, AfterValidator(_check_timezone)] = Field(
        default="UTC", description="Time zone in which cron is meant.", examples=["Europe/Berlin"]
    )
    start: Moment | None = Field(
        default=None, description="No run before this; without an offset it is meant in the time zone."
    )
    end: Moment | None = Field(
        default=None, description="No run after this; without an offset it is meant in the time zone."
    )
    jitter: Duration = Field(default=timedelta(), description="Delay each start by a random time up to this.")
    overlap: Literal["skip", "queue", "cancel_running"] = Field(
        default="skip", description="What to do when the last run is still going."
    )
    missed: Literal["none", "last", "all"] = Field(
        default="last",
        description="Which starts to make up for that fell into a time when no scheduler was up.",
    )
    enabled: bool = Field(default=True, description="False keeps the schedule and fires nothing.")

    @model_validator(mode="after")
    def _one_trigger(self) -> ScheduleSpec:
        if self.cron is not None and self.every is not None:
            raise fault("conflicting_keys", "'cron' and 'every' exclude each other", key="every")
        if self.cron is None and self.every is None and not self.after:
            hint = 'write for example `cron: "0 2 * * *"`, `every: 15m` or `after: [other_pipeline]`'
            raise fault("missing_key", "nothing says when it runs: 'cron', 'every' or 'after' is needed", hint)
        if self.every is not None and self.every < timedelta(seconds=1):
            raise fault("wrong_value", "should be at least 1s", key="every")
        return self

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> ScheduleSpec:
        zone = _zone(self.timezone)
        if self.start and self.end and zone:
            start, end = (time if time.tzinfo else time.replace(tzinfo=zone) for time in (self.start, self.end))
            if end <= start:
                raise fault("wrong_value", "is not later than 'start'", key="end")
        return self


def _zone(name: str) -> ZoneInfo | None:
    """None where the zone is a reference still, or this system has no time zone database."""
    if needs_resolving(name):
        return None
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError:
        return None
