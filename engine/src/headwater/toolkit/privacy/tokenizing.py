"""`tokenize`: characters become others of the same alphabet (FF1); separators and kept ends stay where they are."""

from __future__ import annotations

import string
from collections.abc import Callable, Sequence

import pyarrow as pa

from headwater.sdk.errors import ConfigError, DataError
from headwater.sdk.processor import Rule
from headwater.toolkit.expressions.checked import CheckedExpression
from headwater.toolkit.expressions.kinds import BOOL
from headwater.toolkit.expressions.nodes import Call, Form, Node
from headwater.toolkit.expressions.patterns import Pattern
from headwater.toolkit.privacy.canonical import text_only
from headwater.toolkit.privacy.distinct import per_distinct
from headwater.toolkit.privacy.ff1 import FF1, shortest
from headwater.toolkit.privacy.keys import derived, key_bytes
from headwater.toolkit.privacy.methods import Tokenize

ALPHABETS = {
    "digits": string.digits,
    "lower": string.ascii_lowercase,
    "upper": string.ascii_uppercase,
    "letters": string.ascii_letters,
    "alphanumeric": string.digits + string.ascii_letters,
}
# The work grows with the square of the length.
LONGEST = 256


def alphabet_of(method: Tokenize, *, place: str) -> str:
    """Raises ConfigError for one that cannot be used."""
    alphabet = ALPHABETS.get(method.alphabet, method.alphabet)
    twice = [character for character in dict.fromkeys(alphabet) if alphabet.count(character) > 1]
    shared = [character for character in alphabet if character in method.separators]
    if len(alphabet) < 2 or twice or shared:
        what = (
            f"holds {twice[0]!r} twice"
            if twice
            else f"and the separators share {shared[0]!r}"
            if shared
            else "is too small"
        )
        raise ConfigError(
            f"{place}: the alphabet {what}",
            hint=f"name one of {', '.join(ALPHABETS)}, or write at least two different characters",
            code="config.invalid_alphabet",
        )
    return alphabet


def fitting_rule(node: Node, column: str, method: Tokenize, *, place: str) -> Rule:
    """Rows whose value cannot be tokenized are rejected: nothing of them may pass as it is."""
    text = text_only(node, "tokenize", place=place)
    alphabet = alphabet_of(method, place=place)
    least, kept = shortest(len(alphabet)), method.keep_first + method.keep_last
    allowed = Pattern(f"[{_listed(alphabet + method.separators)}]+").constant(whole=True)
    others = Pattern(f"[^{_listed(alphabet)}]").constant()
    count = "length(regexp_replace({0}, {2}, ''{G}))"
    broken = f"({{0}} <> '' AND (NOT {{M}}({{0}}, {{1}}) OR {count} < {least + kept} OR {count} > {LONGEST + kept}))"
    form = Form(
        broken.replace("{G}", ", 'g'").replace("{M}", "regexp_full_match"),
        broken.replace("{G}", "").replace("{M}", "regexp_like"),
    )
    message = f"{column} cannot be tokenized: it needs {least + kept} to {LONGEST + kept} characters of its alphabet"
    arguments: tuple[Node, ...] = (text, allowed, others)
    return Rule(
        f"tokenize:{column}",
        column,
        CheckedExpression(Call("function", form, arguments, BOOL)),
        f"{message}, and no others but separators",
    )


def _listed(characters: str) -> str:
    """Inside [ ] of a pattern."""
    return "".join(item if item.isalnum() else f"\\{item}" for item in characters)


class Tokens:
    """Tokens of one column. Equal texts, key and domain give equal tokens."""

    def __init__(self, method: Tokenize, *, place: str) -> None:
        self._alphabet = frozenset(alphabet := alphabet_of(method, place=place))
        self._first, self._last = method.keep_first, method.keep_last
        self._least = shortest(len(alphabet))
        key = derived(key_bytes(method.sure_key), "tokenize")
        self._ff1 = FF1(key, alphabet, method.domain.encode())

    def of_column(self, column: pa.Array) -> pa.Array:
        return per_distinct(column, self.of, pa.string())

    def of(self, values: Sequence[str]) -> list[str]:
        """Raises DataError for a value that does not fit; a rule has rejected those before."""
        return self._changed(values, self._ff1.encrypt)

    def undone(self, tokens: Sequence[str]) -> list[str]:
        return self._changed(tokens, self._ff1.decrypt)

    def _changed(self, values: Sequence[str], work: Callable[[Sequence[str]], list[str]]) -> list[str]:
        bodies = [self._body(value) for value in values]
        cores = [body[self._first : len(body) - self._last] for body in bodies]
        if any(len(core) < self._least and value for core, value in zip(cores, values, strict=True)):
            raise DataError(
                f"a value has fewer than {self._least} characters to tokenize",
                hint="it should have been rejected; report it",
                code="data.not_tokenized",
            )
        made = iter(work([core for core in cores if core]))
        return [
            self._put_back(value, body, next(made)) if value else "" for value, body in zip(values, bodies, strict=True)
        ]

    def _body(self, value: str) -> str:
        return value if self._alphabet.issuperset(value) else "".join(filter(self._alphabet.__contains__, value))

    def _put_back(self, value: str, body: str, core: str) -> str:
        whole = body[: self._first] + core + body[len(body) - self._last :]
        if len(whole) == len(value):
            return whole
        characters = iter(whole)
        return "".join(next(characters) if character in self._alphabet else character for character in value)
