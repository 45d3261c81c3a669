"""Tokens and encrypted values: there and back, and not without the key."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner

from headwater.cli.main import main
from headwater.sdk.errors import ConfigError, DataError
from headwater.toolkit.privacy.encrypting import Seals, opened
from headwater.toolkit.privacy.methods import Encrypt, Tokenize
from headwater.toolkit.privacy.tokenizing import Tokens

KEY = b"0123456789abcdef"


def tokens(**settings: object) -> Tokens:
    method = Tokenize.model_validate({"method": "tokenize", "key": KEY.decode(), **settings})
    return Tokens(method, place="here")


def seals(**settings: object) -> Seals:
    return Seals(Encrypt.model_validate({"method": "encrypt", "key": KEY.decode(), "key_version": "1", **settings}))


@pytest.mark.parametrize(
    ("value", "settings"),
    [
        ("4111 1111-1111.1111", {}),
        ("+49 (0)30 123456", {}),
        ("4111111111111111", {"keep_first": 6, "keep_last": 4}),
        ("AB-1234-xyz", {"alphabet": "alphanumeric"}),
        ("DEADBEEF01", {"alphabet": "0123456789ABCDEF"}),
        ("", {}),
    ],
)
def test_a_token_looks_like_its_value_and_leads_back_to_it(value: str, settings: dict[str, object]) -> None:
    (token,) = tokens(**settings).of([value])
    assert len(token) == len(value)
    assert [c if not c.isalnum() else "x" for c in token] == [c if not c.isalnum() else "x" for c in value]
    assert tokens(**settings).undone([token]) == [value]
    assert token != value or not value


def test_the_kept_ends_stay() -> None:
    (token,) = tokens(keep_first=6, keep_last=4).of(["4111 1111 1111 1234"])
    assert token[:7] + token[-4:] == "4111 111234"


def test_equal_values_have_equal_tokens_in_one_domain_only() -> None:
    assert tokens().of(["123456"]) == tokens().of(["123456"])
    assert tokens(domain="a").of(["123456"]) != tokens(domain="b").of(["123456"])


def test_separators_do_not_change_the_token() -> None:
    spaced, plain = tokens().of(["4111 1111 1111 1111", "4111111111111111"])
    assert spaced.replace(" ", "") == plain


@pytest.mark.parametrize("alphabet", ["1", "aa", "0123456789-"])
def test_an_alphabet_that_cannot_work_is_refused(alphabet: str) -> None:
    with pytest.raises(ConfigError) as caught:
        tokens(alphabet=alphabet)
    assert caught.value.public_code == "config.invalid_alphabet"


def test_an_encrypted_value_names_its_key_and_opens_with_it() -> None:
    (text,) = seals(key_version="2025-a").of(["Ann Müller"])
    assert text.startswith("hw1.2025-a.")
    assert opened(text, {"2025-a": KEY}).decode() == "Ann Müller"


def test_equal_values_look_different_unless_asked_otherwise() -> None:
    first, second = seals().of(["ann", "ann"])
    assert first != second
    one, other = seals(deterministic=True).of(["ann", "ann"])
    assert one == other
    assert opened(one, {"1": KEY}) == b"ann"


def test_values_of_any_plain_type_are_encrypted_as_their_text() -> None:
    column = pa.array([5, None, 7], pa.int64())
    found = seals().of_column(column).to_pylist()
    assert found[1] is None
    assert [opened(text, {"1": KEY}) for text in (found[0], found[2])] == [b"5", b"7"]
    assert opened(seals().of([b"\xff\x00"])[0], {"1": KEY}) == b"\xff\x00"


@pytest.mark.parametrize(
    ("keys", "domain", "spoil"),
    [
        ({"1": b"fedcba9876543210"}, "", False),
        ({"2": KEY}, "", False),
        ({"1": KEY}, "another", False),
        ({"1": KEY}, "", True),
    ],
)
def test_nothing_opens_with_another_key_or_domain_or_when_changed(
    keys: dict[str, bytes], domain: str, *, spoil: bool
) -> None:
    (text,) = seals().of(["ann"])
    with pytest.raises(DataError) as caught:
        opened(text[:-3] + ("AAA" if not text.endswith("AAA") else "BBB") if spoil else text, keys, domain)
    assert caught.value.public_code == "data.not_decrypted"


@pytest.mark.parametrize("text", ["ann", "hw1.", "hw1.1.", "hw1.1.€", "hw2.1.AAAA"])
def test_what_was_not_encrypted_here_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="no value that `encrypt` made"):
        opened(text, {"1": KEY})


def test_the_command_reads_values_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PII", KEY.decode())
    sealed = "\n".join([*seals().of(["Ann", "Bob"]), ""])
    done = CliRunner().invoke(main, ["decrypt", "--key", "env:PII"], input=sealed)
    assert done.stdout == "Ann\nBob\n"
    (tmp_path / "tokens").write_text("\n".join(tokens(keep_last=4).of(["4111 1111 1111 1234"])))
    arguments = ["decrypt", str(tmp_path / "tokens"), "--key", "env:PII", "--alphabet", "digits", "--keep-last", "4"]
    assert CliRunner().invoke(main, arguments).stdout == "4111 1111 1111 1234\n"


def test_a_key_on_the_command_line_is_refused_and_not_repeated() -> None:
    done = CliRunner().invoke(main, ["decrypt", "--key", "my-very-secret-key"], input="")
    assert done.exit_code == 2
    assert "config.bad_reference" in done.stderr
    assert "my-very-secret-key" not in done.stdout + done.stderr
