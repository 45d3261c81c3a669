"""What can be done to a column, as the models of its configuration."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from headwater.sdk.config import ColumnName, Secret, Shown
from headwater.toolkit.privacy.keys import OptionalKey

RedactKind = Literal["email", "phone", "card", "iban", "ip"]
FakeKind = Literal[
    "name", "first_name", "last_name", "email", "username", "phone", "street", "postcode", "city", "address",
    "company", "iban", "card", "uuid",
]  # fmt: skip
Locale = Literal["en", "de", "fr", "es"]

_DOMAIN = Field(
    default="",
    title="Domain",
    description="Equal values get equal results within one key and one domain. Give two columns different domains so "
    "that nobody can match their values.",
    examples=["customers"],
)
_KEY_VERSION = Field(
    default=None,
    title="Key version",
    description="What the key is called in the report. Without it, that of the whole step.",
    examples=["2"],
)


def wrong(text: str, hint: str) -> PydanticCustomError:
    return PydanticCustomError("wrong_value", "{text}", {"text": text, "hint": hint})


class _Method(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class _Keyed(_Method):
    key: OptionalKey = None
    key_version: str | None = _KEY_VERSION
    domain: str = _DOMAIN

    @property
    def sure_key(self) -> Secret:
        """The key; a step gives its own to the methods that have none before it uses them."""
        assert self.key is not None, "a keyed method before it got its key"
        return self.key


class Hash(_Keyed):
    """Replace a value by a token (HMAC-SHA-256). Equal values get equal tokens, so tables still join."""

    method: Literal["hash"] = Field(title="Method", description="A keyed hash: join-safe, cannot be undone.")
    length: int | None = Field(
        default=None,
        ge=8,
        le=64,
        title="Length",
        description="Characters of the token to keep. 16 of `hex` are 64 bits: a chance of 1 in 37 that any two of a "
        "billion values meet.",
        examples=[32],
    )
    encoding: Literal["hex", "base64"] = Field(
        default="hex", title="Encoding", description="`hex` gives 64 characters, `base64` 44."
    )
    normalize: Literal["none", "trim", "lower"] = Field(
        default="none",
        title="Normalize first",
        description="`trim` takes spaces off both ends, `lower` makes small letters too: `Ann@x.org ` and `ann@x.org` "
        "become one token.",
    )
    show_version: bool = Field(
        default=False,
        title="Show the key's version",
        description="Put the key's version before the token, as in `v2:9f86d0…`.",
    )

    @property
    def label(self) -> str:
        return f"v{self.key_version}:" if self.show_version else ""


class Tokenize(_Keyed):
    """Replace the characters of a value by others of the same kind (FF1); length and separators stay."""

    method: Literal["tokenize"] = Field(
        title="Method", description="Format-preserving encryption: join-safe, and the key holder can undo it."
    )
    alphabet: str = Field(
        default="digits",
        title="Alphabet",
        description="`digits`, `lower`, `upper`, `letters`, `alphanumeric`, or the characters themselves. A row with "
        "another character than these and the separators is rejected.",
        examples=["digits", "0123456789ABCDEF"],
    )
    separators: str = Field(
        default=" -./()+", title="Separators", description="Characters that stay where they are and as they are."
    )
    keep_first: int = Field(default=0, ge=0, title="Keep first", description="Characters of the alphabet to leave.")
    keep_last: int = Field(default=0, ge=0, title="Keep last", description="Characters of the alphabet to leave.")


class Mask(_Method):
    """Put stars over a value."""

    method: Literal["mask"] = Field(title="Method", description="Stars over all but the ends, or by a pattern.")
    keep_first: int = Field(default=0, ge=0, le=1000, title="Keep first", description="Characters to leave in front.")
    keep_last: int = Field(
        default=0,
        ge=0,
        le=1000,
        title="Keep last",
        description="Characters to leave at the end. A value no longer than what is kept is hidden whole.",
        examples=[4],
    )
    character: str = Field(
        default="*", min_length=1, max_length=1, title="Character", description="What the hidden ones become."
    )
    length: int | None = Field(
        default=None,
        ge=1,
        le=1000,
        title="Length",
        description="How many stars there are, whatever the length of the value.",
        examples=[8],
    )
    keep_characters: str = Field(
        default="",
        title="Keep characters",
        description="Characters that are never hidden, such as separators.",
        examples=["@. -"],
    )
    pattern: str | None = Field(
        default=None,
        title="Pattern",
        description="A regular expression (RE2): every match is replaced, and a value without a match is hidden whole.",
        examples=["^(.)[^@]*(@.*)$"],
    )
    replacement: str = Field(
        default="***",
        title="Replacement",
        description="What a match of the pattern becomes; `\\1` is its first group.",
        examples=["\\1***\\2"],
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ends = self.keep_first or self.keep_last or self.keep_characters
        if self.pattern is not None and ends:
            raise wrong("a mask goes by a pattern or by what it keeps, not both", "leave out one of them")
        if self.length is not None and self.keep_characters:
            raise wrong("a mask of a fixed length keeps no characters in their places", "leave out one of them")
        return self


class Redact(_Method):
    """Take personal data out of free text."""

    method: Literal["redact"] = Field(title="Method", description="Replace what looks personal inside a longer text.")
    kinds: tuple[RedactKind, ...] = Field(
        default=("email", "phone", "card", "iban"),
        title="Kinds",
        description="What to look for.",
        examples=[["email", "phone"]],
    )
    patterns: dict[str, str] = Field(
        default_factory=dict,
        title="Patterns",
        description="More to look for: name → regular expression (RE2).",
        examples=[{"order": "ORD-[0-9]{6}"}],
    )
    replacement: str = Field(
        default="[{kind}]", title="Replacement", description="What a find becomes; `{kind}` is its kind or name."
    )

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not (self.kinds or self.patterns):
            raise wrong("there is nothing to look for", "name kinds or patterns")
        return self


class Nullify(_Method):
    """Empty the column; it keeps its name and type."""

    method: Literal["nullify"] = Field(title="Method", description="Every value becomes NULL.")


class Fake(_Keyed):
    """Replace a value by an invented one that looks real. The same value always becomes the same one."""

    method: Literal["fake"] = Field(title="Method", description="Invented values; by chance two values may share one.")
    kind: FakeKind = Field(title="Kind", description="What to invent.", examples=["email"])
    locale: Locale = Field(default="en", title="Locale", description="Where names, towns and numbers come from.")


class Generalize(_Method):
    """Keep less detail. One of `to`, `bin`, `prefix`, `network` and `age_band`."""

    method: Literal["generalize"] = Field(title="Method", description="Less detail: a month, a range, an area.")
    to: Literal["hour", "day", "week", "month", "quarter", "year", "decade"] | None = Field(
        default=None, title="To", description="For dates and timestamps: the start of this unit.", examples=["month"]
    )
    bin: float | None = Field(
        default=None,
        gt=0,
        title="Bin",
        description="For numbers: the lower end of a range of this width.",
        examples=[10],
    )
    show: Literal["start", "range"] = Field(
        default="start", title="Show", description="For a bin: `20`, or the text `20-29`."
    )
    prefix: int | None = Field(
        default=None,
        ge=1,
        le=100,
        title="Prefix",
        description="For text such as a postcode: the first characters. A value no longer than that becomes NULL.",
        examples=[3],
    )
    network: int | None = Field(
        default=None,
        title="Network",
        description="For IP addresses: the network of 8, 16 or 24 bits; of IPv6 addresses always 48. What is no "
        "address becomes NULL.",
        examples=[24],
    )
    age_band: int | None = Field(
        default=None,
        ge=1,
        le=100,
        title="Age band",
        description="For dates of birth, or ages: a text such as `30-39`.",
        examples=[10],
    )
    top: int = Field(
        default=90, ge=1, le=150, title="Top", description="Ages from here on are one band, such as `90+`."
    )
    as_of: date | None = Field(
        default=None,
        title="As of",
        description="The day on which the age is reckoned. Default: the day of the run.",
        examples=["2026-01-01"],
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        given = [name for name in ("to", "bin", "prefix", "network", "age_band") if getattr(self, name) is not None]
        if len(given) != 1:
            found = f"and has {' and '.join(given)}" if given else "and has none"
            raise wrong(f"generalize needs one of to, bin, prefix, network, age_band, {found}", "choose one")
        if self.network not in (None, 8, 16, 24):
            raise wrong("the network should be 8, 16 or 24", "24 leaves three of the four numbers")
        return self


class Noise(_Keyed):
    """Move a number or a date by a small random amount. The same value always moves alike."""

    method: Literal["noise"] = Field(title="Method", description="A small random change; averages stay about right.")
    relative: float | None = Field(
        default=None,
        gt=0,
        le=1,
        title="Relative",
        description="The most a number changes, as a part of itself: 0.1 is 10 %.",
        examples=[0.1],
    )
    absolute: float | None = Field(
        default=None,
        gt=0,
        title="Absolute",
        description="The most it changes: for dates in days, for timestamps in seconds.",
        examples=[30],
    )
    per: tuple[ColumnName, ...] = Field(
        default=(),
        title="Per",
        description="Columns that decide the amount beside the value: with the key column of the table, equal values "
        "move differently from row to row.",
        examples=[["customer_id"]],
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.relative is None) == (self.absolute is None):
            raise wrong("noise is relative or absolute", "give one of the two")
        return self


class Encrypt(_Keyed):
    """Encrypt a value (AES-256-GCM); whoever has the key can read it again."""

    method: Literal["encrypt"] = Field(title="Method", description="Reversible with the key, by `headwater decrypt`.")
    deterministic: bool = Field(
        default=False,
        title="Equal values look alike",
        description="Off: every value gets other text each time, so nobody can tell equal ones, and tables do not "
        "join. On: they join, and equal values can be told.",
    )


AnyMethod = Annotated[
    Hash | Tokenize | Mask | Redact | Nullify | Fake | Generalize | Noise | Encrypt, Field(discriminator="method")
]
_BARE = Annotated[
    Literal["hash", "tokenize", "mask", "redact", "nullify", "encrypt"], Shown(title="Method without settings")
]


def _spelled_out(value: Any) -> Any:
    """`email: hash` is short for `email: {method: hash}`."""
    return {"method": value} if isinstance(value, str) else value


Method = Annotated[AnyMethod, BeforeValidator(_spelled_out, json_schema_input_type=AnyMethod | _BARE)]
Methods = Mapping[str, Method]
KEYED = (Hash, Tokenize, Fake, Noise, Encrypt)
