"""What all models of the project file share: frozen, no unknown keys, and no value in their repr.

Models are built when they are first used (`defer_build`), in one go from the root and not one by one at import.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue
from pydantic_core import PydanticCustomError

from headwater.sdk.errors import nearest_hint
from headwater.spec.names import PLACEHOLDERS, placeholders
from headwater.spec.references import needs_resolving


class SpecModel(BaseModel):
    """Base of the models. `shorthand` is the key that a bare value in this model's place stands for."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, defer_build=True, hide_input_in_errors=True, validate_default=False
    )
    shorthand: ClassVar[str | None] = None

    def __repr__(self) -> str:
        """Only the keys that were given: a value may be a secret in clear, or a resolved reference."""
        return f"{type(self).__name__}({', '.join(sorted(self.model_fields_set))})"

    __str__ = __repr__


def fault(kind: str, message: str, hint: str | None = None, *, key: str | None = None) -> PydanticCustomError:
    """A validation error with the public code `config.<kind>`, about the model or about one `key` of it."""
    context = {name: text for name, text in (("hint", hint), ("key", key)) if text is not None}
    # Pydantic fills {placeholders} of the message from the context: the text goes in as one.
    return PydanticCustomError(kind, "{text}", {"text": message, **context})  # pyright: ignore[reportArgumentType]


def text_as(key: str) -> Callable[[object], object]:
    """Reads a bare text as `{key: text}`."""

    def read(value: object) -> object:
        return {key: value} if isinstance(value, str) else value

    return read


def _one_or_many(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def nothing_is_empty(value: object) -> object:
    """`config:` with nothing behind it is YAML's null."""
    return {} if value is None else value


def _check_template(value: str) -> str:
    if needs_resolving(value):
        return value
    try:
        used = placeholders(value)
    except ValueError as error:
        raise fault("wrong_value", "has braces that do not pair up", "write {{ and }} for plain braces") from error
    for name in used:
        if name not in PLACEHOLDERS:
            hint = nearest_hint(name, list(PLACEHOLDERS))
            raise fault("wrong_value", f"has the unknown placeholder {{{name}}}", hint)
    return value


Text = Annotated[str, Field(min_length=1)]
Plain = Annotated[str, Field(pattern=r"^[^$\s]+$")]  # no reference can stand here
Name = Annotated[str, Field(pattern=r"^\w[\w.-]*$", max_length=100)]
Names = Annotated[tuple[Text, ...], BeforeValidator(_one_or_many, json_schema_input_type=str | tuple[str, ...])]
Template = Annotated[str, Field(min_length=1), AfterValidator(_check_template)]
Config = Annotated[dict[str, JsonValue], BeforeValidator(nothing_is_empty)]
