"""Functions of dates and times. A timestamptz counts in UTC."""

from __future__ import annotations

from headwater.sdk.errors import ConfigError, nearest_hint
from headwater.toolkit.arrow_types import type_name
from headwater.toolkit.expressions.comparison import meet
from headwater.toolkit.expressions.formats import date_format
from headwater.toolkit.expressions.kinds import DATE, INT64, STRING, TIMESTAMP, kind_of
from headwater.toolkit.expressions.nodes import Call, Form, Literal, Node
from headwater.toolkit.expressions.signature import Builder, fixed_text, function, moment_type, take, wrong_argument
from headwater.toolkit.expressions.sql_text import sql_type

_UNITS = ("year", "quarter", "month", "week", "day", "hour", "minute", "second")
_DAYTIME = {"hour": 3600, "minute": 60, "second": 1}


def unit_of(text: str, units: tuple[str, ...] = _UNITS) -> str:
    """`Months` → `month`. Raises ConfigError for what is no unit here."""
    unit = text.strip().lower().removesuffix("s")
    if unit not in units:
        raise ConfigError(
            f"there is no unit {text!r} here",
            hint=nearest_hint(unit, list(units)),
            code="config.invalid_expression",
        )
    return unit


def _part(duckdb: str, spark: str | None = None, *, of_time: bool = False) -> Builder:
    form = Form(f"{duckdb}({{0}})", f"CAST({spark or duckdb + '({0})'} AS BIGINT)")

    def build(arguments: tuple[Node, ...]) -> Node:
        value = take(arguments[0], "moment", 0)
        if of_time and kind_of(value.type) == "date":
            raise wrong_argument(0, value, "timestamp or timestamptz")
        return Call("function", form, (value,), INT64, bits=15)

    return build


def _trunc(arguments: tuple[Node, ...]) -> Node:
    unit = unit_of(fixed_text(arguments, 0, "unit"))
    value = take(arguments[1], "moment", 1)
    target = moment_type(value)
    if target == DATE and unit in _DAYTIME:
        raise wrong_argument(1, value, "timestamp or timestamptz")
    template = f"CAST(date_trunc('{unit}', {{0}}) AS {{T}})"
    form = Form(template.replace("{T}", sql_type(target, "duckdb")), template.replace("{T}", sql_type(target, "spark")))
    return Call("function", form, (value,), target)


def _diff(arguments: tuple[Node, ...]) -> Node:
    """Boundaries crossed, as in DuckDB: from 10:59 to 11:01 is one hour. Spark counts whole units, so it computes."""
    unit = unit_of(fixed_text(arguments, 0, "unit"), ("year", "quarter", "month", "day", *_DAYTIME))
    start, end = meet((take(arguments[1], "moment", 1), take(arguments[2], "moment", 2)), "from {} to {}")
    spark = {
        "year": "CAST(year({1}) - year({0}) AS BIGINT)",
        "quarter": "CAST((year({1}) - year({0})) * 4 + quarter({1}) - quarter({0}) AS BIGINT)",
        "month": "CAST((year({1}) - year({0})) * 12 + month({1}) - month({0}) AS BIGINT)",
        "day": "CAST(datediff(CAST({1} AS DATE), CAST({0} AS DATE)) AS BIGINT)",
    }.get(unit)
    if spark is None:
        spark = (
            f"((unix_seconds(date_trunc('{unit}', CAST({{1}} AS TIMESTAMP_LTZ)))"
            f" - unix_seconds(date_trunc('{unit}', CAST({{0}} AS TIMESTAMP_LTZ)))) div {_DAYTIME[unit]})"
        )
    return Call("function", Form(f"date_diff('{unit}', {{0}}, {{1}})", spark), (start, end), INT64, bits=62)


def days_between(start: Node, end: Node) -> Node:
    """`end - start` for two dates."""
    return _diff((Literal("day", STRING), start, end))


def shifted(moment: Node, amount: Node, unit: str, *, back: bool = False) -> Node:
    """Later (or earlier) by a number of units. A date stays a date unless the unit is a part of a day."""
    unit = unit_of(unit)
    value, amount = take(moment, "moment", 0), take(amount, "int", 1)
    target = TIMESTAMP if kind_of(value.type) == "date" and unit in _DAYTIME else moment_type(value)
    sign = "-" if back else ""
    spark_unit, factor = ("MONTH", 3) if unit == "quarter" else (unit.upper(), 1)
    times = f" * {factor}" if factor > 1 else ""
    within = f"CASE WHEN {{1}} BETWEEN -{_REACH[unit]} AND {_REACH[unit]} THEN"
    duckdb = f"{within} TRY(CAST({{0}} + to_{spark_unit.lower()}s(CAST({sign}{{1}}{times} AS INTEGER)) AS {{T}})) END"
    later = f"timestampadd({spark_unit}, CAST({sign}{{1}}{times} AS INT), {_as_moment(value)})"
    spark = f"{within} CAST({later} AS {{T}}) END"
    form = Form(duckdb.replace("{T}", sql_type(target, "duckdb")), spark.replace("{T}", sql_type(target, "spark")))
    return Call("function", form, (value, amount), target, partial=True)


def _add(arguments: tuple[Node, ...]) -> Node:
    raise ConfigError(
        "date_add wants an interval",
        hint="write date_add(day, INTERVAL 3 DAY) or day + INTERVAL 3 DAY",
        code="config.invalid_expression",
    )


def _parsed(*, strict: bool) -> Builder:
    def build(arguments: tuple[Node, ...]) -> Node:
        found = date_format(fixed_text(arguments, 1, "date format"))
        if not found.is_whole_date:
            raise ConfigError(
                "a format to read a date with needs %Y, %m and %d",
                hint="for example '%d.%m.%Y'",
                code="config.invalid_format",
            )
        target = TIMESTAMP if found.has_time else DATE
        duckdb = "CASE WHEN regexp_full_match({0}, {2}) THEN CAST(try_strptime({0}, {1}) AS {T}) END"
        spark = "CASE WHEN regexp_like({0}, {2}) THEN CAST(try_to_timestamp({0}, {1}) AS {T}) END"
        form = Form(duckdb.replace("{T}", sql_type(target, "duckdb")), spark.replace("{T}", sql_type(target, "spark")))
        given = (take(arguments[0], "text", 0), found.text, found.shape)
        return Call("function", form, given, target, partial=strict)

    return build


def _written(arguments: tuple[Node, ...]) -> Node:
    value = take(arguments[0], "moment", 0)
    found = date_format(fixed_text(arguments, 1, "date format"))
    return Call("function", Form("strftime({0}, {1})", "date_format({0}, {1})"), (value, found.text), STRING)


def _epoch_ms(arguments: tuple[Node, ...]) -> Node:
    value = take(arguments[0], "int", 0)
    within = "{0} BETWEEN -62135596800000 AND 253402300799999"
    form = Form(
        f"CASE WHEN {within} THEN epoch_ms({{0}}) END",
        f"CASE WHEN {within} THEN CAST(timestamp_millis({{0}}) AS TIMESTAMP_NTZ) END",
    )
    return Call("function", form, (value,), TIMESTAMP, partial=True)


# The largest step: some 10,000 years, less where 32 bits hold less.
_REACH = {
    "year": 10_000,
    "quarter": 40_000,
    "month": 120_000,
    "week": 520_000,
    "day": 3_650_000,
    "hour": 87_600_000,
    "minute": 2_000_000_000,
    "second": 2_000_000_000,
}


def _as_moment(value: Node) -> str:
    return "CAST({0} AS TIMESTAMP_NTZ)" if kind_of(value.type) == "date" else "{0}"


_MOMENT_NOTE = f"{type_name(TIMESTAMP)} or timestamptz (in UTC)."

FUNCTIONS = (
    function("year", "year(moment)", "The year.", _part("year"), arity=(1, 1)),
    function("quarter", "quarter(moment)", "1 to 4.", _part("quarter"), arity=(1, 1)),
    function("month", "month(moment)", "1 to 12.", _part("month"), arity=(1, 1)),
    function("week", "week(moment)", "The ISO week, 1 to 53.", _part("week", "weekofyear({0})"), arity=(1, 1)),
    function("day dayofmonth", "day(moment)", "The day of the month.", _part("day"), arity=(1, 1)),
    function("dayofyear", "dayofyear(moment)", "1 to 366.", _part("dayofyear"), arity=(1, 1)),
    function("isodow", "isodow(moment)", "Monday 1 to Sunday 7.", _part("isodow", "(weekday({0}) + 1)"), arity=(1, 1)),
    function(
        "dayofweek",
        "dayofweek(moment)",
        "Sunday 0 to Saturday 6.",
        _part("dayofweek", "(dayofweek({0}) - 1)"),
        arity=(1, 1),
    ),
    function("hour", "hour(moment)", "0 to 23.", _part("hour", of_time=True), arity=(1, 1), note=_MOMENT_NOTE),
    function("minute", "minute(moment)", "0 to 59.", _part("minute", of_time=True), arity=(1, 1), note=_MOMENT_NOTE),
    function(
        "second",
        "second(moment)",
        "0 to 59, without the fraction.",
        _part("second", of_time=True),
        arity=(1, 1),
        note=_MOMENT_NOTE,
    ),
    function(
        "date_trunc",
        "date_trunc('unit', moment)",
        "The start of the year, quarter, month, week (Monday), day, hour, minute or second. A date stays a date.",
        _trunc,
        arity=(2, 2),
    ),
    function(
        "date_diff datediff",
        "date_diff('unit', start, end)",
        "How many boundaries of the unit lie between: year, quarter, month, day, hour, minute, second.",
        _diff,
        arity=(3, 3),
        note="From 10:59 to 11:01 is one hour. `end - start` of two dates is the same in days.",
    ),
    function(
        "date_add",
        "date_add(moment, INTERVAL n unit)",
        "Later by n units; also written `moment + INTERVAL n unit`, and `-` for earlier.",
        _add,
        arity=(2, 2),
        note="31 January + 1 month is the last day of February. n may be computed: INTERVAL (days) DAY.",
    ),
    function(
        "strptime",
        "strptime(text, format)",
        "The date (or timestamp, when the format has a time) that a text spells.",
        _parsed(strict=True),
        arity=(2, 2),
        note="Format: %Y %m %d %H %M %S %f, all digits present. A text that does not fit has no result.",
    ),
    function(
        "try_strptime",
        "try_strptime(text, format)",
        "The same, but NULL for a text that does not fit.",
        _parsed(strict=False),
        arity=(2, 2),
    ),
    function(
        "strftime",
        "strftime(moment, format)",
        "The moment as text.",
        _written,
        arity=(2, 2),
        note="Format: %Y %m %d %H %M %S %f.",
    ),
    function(
        "epoch_ms",
        "epoch_ms(milliseconds)",
        "The timestamp (UTC) so long after 1970 began.",
        _epoch_ms,
        arity=(1, 1),
        note="No result outside the years 1 to 9999.",
    ),
)
