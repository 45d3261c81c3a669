"""FF1 against the samples that NIST publishes with SP 800-38G, and against itself."""

from __future__ import annotations

import pytest

from headwater.toolkit.privacy.ff1 import FF1, shortest

DIGITS = "0123456789"
BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
KEY128 = "2B7E151628AED2A6ABF7158809CF4F3C"
KEY192 = KEY128 + "EF4359D8D580AA4F"
KEY256 = KEY192 + "7F036D6F04FC6A94"
TWEAK10, TWEAK11 = "39383736353433323130", "3737373770717273373737"

# csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values, FF1samples: key, alphabet, tweak, plain
# text, cipher text.
NIST = [
    (KEY128, DIGITS, "", "0123456789", "2433477484"),
    (KEY128, DIGITS, TWEAK10, "0123456789", "6124200773"),
    (KEY128, BASE36, TWEAK11, "0123456789abcdefghi", "a9tv40mll9kdu509eum"),
    (KEY192, DIGITS, "", "0123456789", "2830668132"),
    (KEY192, DIGITS, TWEAK10, "0123456789", "2496655549"),
    (KEY192, BASE36, TWEAK11, "0123456789abcdefghi", "xbj3kv35jrawxv32ysr"),
    (KEY256, DIGITS, "", "0123456789", "6657667009"),
    (KEY256, DIGITS, TWEAK10, "0123456789", "1001623463"),
    (KEY256, BASE36, TWEAK11, "0123456789abcdefghi", "xs8a0azh2avyalyzuwd"),
]


@pytest.mark.parametrize(("key", "alphabet", "tweak", "plain", "cipher"), NIST, ids=range(1, 10))
def test_the_samples_of_nist_come_out(key: str, alphabet: str, tweak: str, plain: str, cipher: str) -> None:
    ff1 = FF1(bytes.fromhex(key), alphabet, bytes.fromhex(tweak))
    assert ff1.encrypt([plain]) == [cipher]
    assert ff1.decrypt([cipher]) == [plain]


def test_a_long_text_takes_more_than_one_block_and_comes_out_as_another_implementation_has_it() -> None:
    ff1 = FF1(bytes(32), BASE36[:16], bytes(range(1, 18)))
    plain = "0123456789abcdef" * 8
    # Computed with the Rust crate behind the package fastfpe 0.2.1.
    cipher = (
        "d7ae48a2a37eb3f4fcf69dafe97cb788867e3c3e04b171f3b9772e91e5fe2106"
        "2098ed113aebd01cb3b7ae0fb50bb85c8e5cc598839c73812d8dba7adb4fca20"
    )
    tweak = bytes.fromhex("0102030405060708090a0b0c0d0e0f1011")
    assert FF1(bytes(32), BASE36[:16], tweak).encrypt([plain]) == [cipher]
    assert ff1.decrypt(ff1.encrypt([plain])) == [plain]


def test_texts_of_all_lengths_come_back_in_their_order() -> None:
    ff1 = FF1(bytes(32), "äbcDé€🦉xyz")
    texts = ["äbcDé€🦉xyz" * n + "🦉bc" for n in range(1, 26)] + ["äb", "🦉🦉🦉"]
    tokens = ff1.encrypt(texts)
    assert [len(token) for token in tokens] == [len(text) for text in texts]
    assert ff1.decrypt(tokens) == texts


def test_the_result_does_not_depend_on_what_is_encrypted_beside_it() -> None:
    ff1 = FF1(bytes(16), DIGITS)
    assert ff1.encrypt(["123456", "999999", "1234567"])[0] == ff1.encrypt(["123456"])[0]


@pytest.mark.parametrize(("radix", "least"), [(2, 20), (10, 6), (26, 5), (62, 4), (1000, 2), (5000, 2)])
def test_the_shortest_text_has_a_million_values(radix: int, least: int) -> None:
    assert shortest(radix) == least
    assert radix**least >= 1_000_000
