"""anonymize: hide personal data before it leaves the source's side.

Promises: rows stay; columns keep their names and places; NULL stays NULL. A protected value is seen in clear neither
in a destination, nor in quarantine, samples or messages of the steps before (see `Output.protects`). A key never
stands in SQL text. What a method cannot take becomes NULL or rejects the row; it is never passed on as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Annotated, Any, ClassVar, Literal, Self

import pyarrow as pa
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from headwater.sdk.config import ColumnName, PluginConfig, Shown, example
from headwater.sdk.errors import DataError, UnknownColumn
from headwater.sdk.processor import Evidence, Measure, Operation, Output, Project, Reject
from headwater.sdk.stream import Json
from headwater.toolkit.expressions.build import column
from headwater.toolkit.privacy.batches import BY_BATCH, changed, changes
from headwater.toolkit.privacy.detect import Finding, findings
from headwater.toolkit.privacy.k_anonymity import KAnonymity, k_rules
from headwater.toolkit.privacy.keys import OptionalKey, missing_key
from headwater.toolkit.privacy.methods import KEYED, AnyMethod, Method, Tokenize, wrong
from headwater.toolkit.privacy.proof import evidence_of
from headwater.toolkit.privacy.relational import protected
from headwater.toolkit.privacy.tokenizing import fitting_rule


class Detect(BaseModel):
    """Look for personal data in the columns that this step does not protect."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mode: Literal["off", "suggest", "enforce"] = Field(
        default="suggest",
        title="Mode",
        description="`suggest` names such columns in the report, `enforce` ends the load before anything is published.",
    )
    confidence: float = Field(
        default=0.6,
        gt=0,
        le=1,
        title="Confidence",
        description="How sure it must be. 0.6: a telling name is enough; 0.9: most values must look like it, too.",
    )
    sample_rows: int = Field(
        default=500,
        ge=10,
        le=100_000,
        title="Sample",
        description="With `enforce`: how many rows of each batch are looked at.",
    )
    ignore: tuple[ColumnName, ...] = Field(
        default=(),
        title="Ignore",
        description="Names or globs of columns that are no personal data, whatever they look like.",
        examples=[["shop_email", "*_city"]],
    )


def _spelled_out(value: Any) -> Any:
    """`detect: enforce` is short for `detect: {mode: enforce}`; bare `off` is false in YAML."""
    if isinstance(value, bool):
        return {"mode": "suggest" if value else "off"}
    return {"mode": value} if isinstance(value, str) else value


_MODES = Annotated[Literal["off", "suggest", "enforce"], Shown(title="Mode only")]


class AnonymizeConfig(PluginConfig):
    """Hide personal data before it leaves the side of the source."""

    model_config = ConfigDict(
        json_schema_extra=example(
            {
                "key": "${secret:pii_key}",
                "columns": {
                    "email": {"method": "hash"},
                    "phone": {"method": "mask", "keep_last": 4},
                    "notes": "redact",
                },
            }
        )
    )

    columns: dict[ColumnName, Method] = Field(
        default_factory=dict[str, AnyMethod],
        title="Columns",
        description="Column name or glob → what to do with it. A bare name of a method is enough where it needs no "
        "settings.",
        examples=[{"email": {"method": "hash"}, "phone": {"method": "mask", "keep_last": 4}, "notes": "redact"}],
    )
    key: OptionalKey = None
    key_version: str = Field(
        default="1",
        min_length=1,
        pattern=r"^[A-Za-z0-9_-]+$",
        title="Key version",
        description="What the key is called in the report, and in texts that name their key. Change it with the key.",
    )
    detect: Annotated[Detect, BeforeValidator(_spelled_out, json_schema_input_type=Detect | _MODES)] = Field(
        default=Detect(mode="off"),
        title="Detect",
        description="Look for personal data that is not protected: `off`, `suggest`, `enforce`, or settings.",
        examples=["suggest", {"mode": "enforce", "ignore": ["shop_email"]}],
    )
    k_anonymity: KAnonymity | None = Field(
        default=None,
        title="k-anonymity",
        description="Report the smallest group of rows that agree in some columns.",
        examples=[{"columns": ["birth_date", "postcode"], "k": 5}],
    )
    optional: bool = Field(
        default=False,
        title="Missing columns are fine",
        description="Pass over names and globs that no column has, for a step that meets many streams.",
    )

    @model_validator(mode="after")
    def _something_to_do(self) -> Self:
        if not self.columns and self.detect.mode == "off" and self.k_anonymity is None:
            raise wrong("there is nothing to do", "name columns, or set detect or k_anonymity")
        for name, method in self.columns.items():
            if isinstance(method, KEYED) and method.key is None and self.key is None:
                raise missing_key(method.method, name)
        return self


class Anonymize:
    """Relational; with a method that is no SQL, or with `detect: enforce`, it is an `AnonymizeByBatch`."""

    config_type: ClassVar[type[PluginConfig]] = AnonymizeConfig

    def __new__(cls, config: AnonymizeConfig) -> Anonymize:
        by_batch = config.detect.mode == "enforce" or any(isinstance(m, BY_BATCH) for m in config.columns.values())
        return object.__new__(AnonymizeByBatch if by_batch else Anonymize)

    def __init__(self, config: AnonymizeConfig) -> None:
        self._config = config
        self._today = datetime.now(UTC).date()
        self._methods = {name: self._with_key(method) for name, method in config.columns.items()}

    def operations(self, schema: pa.Schema) -> tuple[Operation, ...]:
        chosen = self._chosen(schema)
        unfit = tuple(
            fitting_rule(column(schema, name, place=_PLACE).root, name, method, place=f"{_PLACE}.{name}")
            for name, method in chosen.items()
            if isinstance(method, Tokenize)
        )
        outputs = tuple(self._output(schema, name, chosen.get(name)) for name in schema.names)
        done: list[Operation] = [Reject(unfit)] if unfit else []
        if any(output.protects for output in outputs):
            done.append(Project(outputs))
        if self._config.k_anonymity is not None:
            after = pa.schema([pa.field(item.name, _type_after(item, schema)) for item in outputs])
            later = frozenset(name for name, method in chosen.items() if isinstance(method, BY_BATCH))
            done.append(Measure(k_rules(self._config.k_anonymity, after, later, place="anonymize.k_anonymity")))
        return tuple(done)

    def evidence(
        self, before: pa.Schema, delivered: pa.Table, set_aside: Sequence[Mapping[str, Json]]
    ) -> tuple[Evidence, ...]:
        chosen = self._chosen(before)
        proved = [evidence_of(name, method, delivered, set_aside) for name, method in chosen.items()]
        if self._config.detect.mode != "suggest":
            return tuple(proved)
        return (*proved, *(_suggestion(finding) for finding in self._unprotected(delivered, chosen)))

    def _unprotected(self, sample: pa.Table, chosen: Mapping[str, AnyMethod]) -> list[Finding]:
        detect = self._config.detect
        ignored = [name for name in sample.column_names if any(fnmatchcase(name, item) for item in detect.ignore)]
        return findings(sample, confidence=detect.confidence, ignore=(*chosen, *ignored))

    def _output(self, schema: pa.Schema, name: str, method: AnyMethod | None) -> Output:
        value = column(schema, name, place=_PLACE)
        if method is None:
            return Output(name, value)
        hidden = protected(value, method, place=f"{_PLACE}.{name}", today=self._today)
        return Output(name, value) if hidden is None else Output(name, hidden, hidden.type, protects=True)

    def _chosen(self, schema: pa.Schema) -> dict[str, AnyMethod]:
        """Each column with its method; a column that is a key itself is not met by a glob, the first glob wins."""
        found: dict[str, AnyMethod] = {}
        for pattern, method in self._methods.items():
            if pattern in schema.names:
                found[pattern] = method
                continue
            matched = [name for name in schema.names if fnmatchcase(name, pattern)]
            if not matched and not self._config.optional:
                raise UnknownColumn(pattern, schema.names, place=_PLACE)
            for name in matched:
                if name not in self._methods:
                    found.setdefault(name, method)
        return found

    def _with_key(self, method: AnyMethod) -> AnyMethod:
        if not isinstance(method, KEYED):
            return method
        own = {"key": method.key or self._config.key, "key_version": method.key_version or self._config.key_version}
        return method.model_copy(update=own)


class AnonymizeByBatch(Anonymize):
    def protected_columns(self, schema: pa.Schema) -> frozenset[str]:
        return frozenset(name for name, method in self._chosen(schema).items() if isinstance(method, BY_BATCH))

    def output_schema(self, schema: pa.Schema) -> pa.Schema:
        by = changes(schema, self._chosen(schema), place=_PLACE)
        return pa.schema([by[field.name].field if field.name in by else field for field in schema])

    def process(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        chosen = self._chosen(batch.schema)
        if self._config.detect.mode == "enforce":
            sample = pa.Table.from_batches([batch.slice(0, self._config.detect.sample_rows)])
            for finding in self._unprotected(sample, chosen):
                raise _refused(finding)
        return changed(batch, changes(batch.schema, chosen, place=_PLACE))


_PLACE = "anonymize.columns"


def _type_after(output: Output, schema: pa.Schema) -> pa.DataType:
    return output.type if output.type is not None else schema.field(output.name).type


def _suggestion(finding: Finding) -> Evidence:
    facts: dict[str, Json] = {"detected": finding.kind, "confidence": round(finding.score, 2)}
    return Evidence(
        f"detected:{finding.column}",
        finding.column,
        f"{finding.column} looks personal: {finding.because}; try the method {finding.suggests}",
        1,
        {**facts, "suggested": finding.suggests},
        severity="warn",
    )


def _refused(finding: Finding) -> DataError:
    return DataError(
        f"column {finding.column!r} is not protected and looks personal: {finding.because}",
        hint=f"protect it, for example by `{finding.suggests}`, or name it in `detect.ignore`",
        code="data.personal_data",
    )
