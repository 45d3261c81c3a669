"""Format-preserving encryption FF1. Source: NIST SP 800-38G (2016), algorithms 7 and 8.

Promises: the same result as the standard's for every value. The values of one call are worked on together, round by
round, so that AES is called once per round and block instead of once per value. What must not be encrypted because it
is too short is the caller's to refuse: see `shortest`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from headwater.toolkit.privacy.aes import blocks

_ROUNDS = 10
_BLOCK = 16
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_LEAST_VALUES = 1_000_000

_Mix = Callable[[int, list[int]], Iterable[int]]


def shortest(radix: int) -> int:
    """The least length of a text: it must have a million values (SP 800-38G Rev. 1, requirement on the domain)."""
    length = 2
    while radix**length < _LEAST_VALUES:
        length += 1
    return length


class FF1:
    """For one key, alphabet and tweak. The order of the alphabet counts; its characters differ."""

    def __init__(self, key: bytes, alphabet: str, tweak: bytes = b"") -> None:
        self._aes = blocks(key)
        self._alphabet = alphabet
        self._radix = len(alphabet)
        self._tweak = tweak
        self._value_of = {character: at for at, character in enumerate(alphabet)}
        small = self._radix <= len(_DIGITS)
        self._as_digits = str.maketrans(alphabet, _DIGITS[: self._radix]) if small else None

    def encrypt(self, texts: Sequence[str]) -> list[str]:
        """The texts are made of the alphabet and have two characters at least."""
        return self._by_length(texts, self._encrypted)

    def decrypt(self, texts: Sequence[str]) -> list[str]:
        return self._by_length(texts, self._decrypted)

    def _by_length(self, texts: Sequence[str], work: Callable[[list[str], int], list[str]]) -> list[str]:
        groups: dict[int, list[int]] = {}
        for at, text in enumerate(texts):
            groups.setdefault(len(text), []).append(at)
        done = [""] * len(texts)
        for length, places in groups.items():
            for at, result in zip(places, work([texts[at] for at in places], length), strict=True):
                done[at] = result
        return done

    def _encrypted(self, texts: list[str], length: int) -> list[str]:
        u, a, b = self._halves(texts, length)
        mix, moduli = self._mix(length), (self._radix**u, self._radix ** (length - u))
        for i in range(_ROUNDS):
            modulus = moduli[i % 2]
            a, b = b, [(x + y) % modulus for x, y in zip(a, mix(i, b), strict=True)]
        return self._joined(a, b, length)

    def _decrypted(self, texts: list[str], length: int) -> list[str]:
        u, a, b = self._halves(texts, length)
        mix, moduli = self._mix(length), (self._radix**u, self._radix ** (length - u))
        for i in reversed(range(_ROUNDS)):
            modulus = moduli[i % 2]
            a, b = [(x - y) % modulus for x, y in zip(b, mix(i, a), strict=True)], a
        return self._joined(a, b, length)

    def _halves(self, texts: list[str], length: int) -> tuple[int, list[int], list[int]]:
        u = length // 2
        return u, [self._number(text[:u]) for text in texts], [self._number(text[u:]) for text in texts]

    def _joined(self, a: list[int], b: list[int], length: int) -> list[str]:
        u = length // 2
        return [self._text(x, u) + self._text(y, length - u) for x, y in zip(a, b, strict=True)]

    def _mix(self, length: int) -> _Mix:
        """Steps 2 to 6.iv: for a round and the halves, the numbers y to add."""
        radix, tweak, v = self._radix, self._tweak, length - length // 2
        b = ((radix**v - 1).bit_length() + 7) // 8
        d = 4 * ((b + 3) // 4) + 4
        head = bytes([1, 2, 1]) + radix.to_bytes(3) + bytes([10, length // 2 % 256])
        first = self._aes(head + length.to_bytes(4) + len(tweak).to_bytes(4))
        before = tweak + bytes((-len(tweak) - b - 1) % _BLOCK)

        def mixed(i: int, numbers: list[int]) -> Iterable[int]:
            start = before + bytes([i])
            q = b"".join([start + number.to_bytes(b) for number in numbers])
            tail = self._chained(first, q, len(start) + b, len(numbers))
            stream = self._widened(tail, d, len(numbers))
            width = len(stream) // len(numbers)
            return [int.from_bytes(stream[at : at + d]) for at in range(0, len(stream), width)]

        return mixed

    def _chained(self, first: bytes, q: bytes, size: int, count: int) -> bytes:
        """CBC-MAC (algorithm 6) over `count` texts of `size` bytes, after a first block that they share."""
        state = first * count
        for at in range(0, size, _BLOCK):
            block = q if size == _BLOCK else b"".join([q[i + at : i + at + _BLOCK] for i in range(0, len(q), size)])
            state = self._aes(_xor(state, block))
        return state

    def _widened(self, tail: bytes, d: int, count: int) -> bytes:
        """Step 6.iii: each block of the tail followed by as many more as `d` bytes need."""
        more = (d + _BLOCK - 1) // _BLOCK
        if more == 1:
            return tail
        columns = [tail] + [self._aes(_xor(tail, j.to_bytes(_BLOCK) * count)) for j in range(1, more)]
        return b"".join([column[at : at + _BLOCK] for at in range(0, len(tail), _BLOCK) for column in columns])

    def _number(self, text: str) -> int:
        if self._as_digits is not None:
            return int(text.translate(self._as_digits), self._radix)
        number = 0
        for character in text:
            number = number * self._radix + self._value_of[character]
        return number

    def _text(self, number: int, length: int) -> str:
        if self._alphabet == _DIGITS[:10]:
            return str(number).zfill(length)
        found: list[str] = []
        for _ in range(length):
            number, rest = divmod(number, self._radix)
            found.append(self._alphabet[rest])
        return "".join(reversed(found))


def _xor(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one) ^ int.from_bytes(other)).to_bytes(len(one))
