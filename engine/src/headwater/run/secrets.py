"""The secret values of one run's configs, struck out of whatever a driver says about its connection."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import quote

from pydantic import BaseModel, SecretBytes, SecretStr

from headwater.sdk.errors import HeadwaterError, InternalError

# A shorter value is struck where it stands alone only: elsewhere it says nothing, and the text would be unreadable.
SHORT = 4


class Secrets:
    def __init__(self) -> None:
        self._values: set[str] = set()

    def learn(self, config: object) -> None:
        """Every secret in a config, also in the models and lists it holds."""
        match config:
            case SecretStr():
                self.learn_text(config.get_secret_value())
            case SecretBytes():
                self.learn(SecretStr(config.get_secret_value().decode(errors="replace")))
            case BaseModel():
                for name in type(config).model_fields:
                    self.learn(getattr(config, name))
            case Mapping():
                for value in config.values():
                    self.learn(value)
            case list() | tuple() | set() | frozenset():
                for value in config:
                    self.learn(value)
            case _:
                pass

    def learn_text(self, value: str) -> None:
        self._values |= {value, quote(value, safe="")} - {""}

    def struck(self, text: str) -> str:
        for value in sorted(self._values, key=len, reverse=True):
            pattern = re.escape(value) if len(value) >= SHORT else rf"(?<!\w){re.escape(value)}(?!\w)"
            text = re.sub(pattern, "***", text)
        return text

    def cleaned(self, error: HeadwaterError) -> HeadwaterError:
        """The same error, without a secret in its words."""
        error.message = self.struck(error.message)
        error.hint = None if error.hint is None else self.struck(error.hint)
        error.args = (error.message,)
        return error

    @contextmanager
    def kept(self) -> Iterator[None]:
        """No error leaves the block with a secret in its words."""
        try:
            yield
        except HeadwaterError as error:
            self.cleaned(error)
            raise


@contextmanager
def told(secrets: Secrets) -> Iterator[None]:
    """As `kept`; and what a plugin raises without meaning to becomes an error of ours."""
    with secrets.kept():
        try:
            yield
        except HeadwaterError:
            raise
        except Exception as error:
            text = str(error).strip().split("\n", 1)[0]
            message = f"{type(error).__name__}: {text}"
            raise InternalError(
                message, hint="this is a bug, probably of a connector", code="internal.failed"
            ) from error
