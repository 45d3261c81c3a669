"""What personal data looks like: by the value (a pattern, then a check), and by the name of the column.

`confidence` in values: how sure one is of a column whose values all fit. Numbers with check digits fit by chance in one
of ten cases, so a column must fit almost throughout; without check digits the name must help.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from headwater.toolkit.privacy import validators

PersonalKind = Literal[
    "email", "phone", "card", "iban", "ip", "us_ssn", "uk_nino", "de_tax_id", "es_dni", "fr_nir", "it_codice_fiscale",
    "nl_bsn", "pl_pesel", "first_name", "last_name", "name", "birth_date", "street", "postcode", "username",
    "passport", "password",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Detector:
    """`shape` (RE2) matches the whole value and is tried first, for all values at once; `proves` checks one of those.

    `by_value`: how sure values alone make one, 0 when they say nothing; `names`: words of a column's name.
    """

    kind: PersonalKind
    label: str
    names: tuple[str, ...]
    suggests: str
    shape: str = ""
    proves: Callable[[str], bool] | None = None
    by_value: float = 0.0


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split(", "))


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text.strip())
    except ValueError:
        return False
    return True


def _is_phone(text: str) -> bool:
    digits = sum(character.isdecimal() for character in text)
    return 7 <= digits <= 15


DETECTORS: tuple[Detector, ...] = (
    Detector(
        "email", "e-mail addresses", _words("email, e_mail, mail, mailaddress"), "hash",
        r"[^@\s]{1,64}@[\p{L}\p{N}.-]+\.[\p{L}]{2,}", by_value=1.0,
    ),
    Detector(
        "iban", "IBANs", _words("iban"), "hash",
        r"[A-Za-z]{2}[0-9]{2}[A-Za-z0-9 ]{11,36}", validators.is_iban, 1.0,
    ),
    Detector(
        "card", "card numbers", _words("card, creditcard, card_number, pan, ccn, kreditkarte"), "tokenize",
        r"[0-9](?:[ -]?[0-9]){11,18}", validators.is_card, 0.9,
    ),
    Detector(
        "ip", "IP addresses", _words("ip, ip_address, ipaddress, remote_addr, client_ip"), "generalize",
        r"[0-9A-Fa-f]*[.:][0-9A-Fa-f.:]+", _is_ip, 0.9,
    ),
    Detector(
        "us_ssn", "US social security numbers", _words("ssn, social_security, social_security_number"), "tokenize",
        r"[0-9]{3}[- ][0-9]{2}[- ][0-9]{4}", validators.is_ssn, 0.9,
    ),
    Detector(
        "uk_nino", "UK national insurance numbers", _words("nino, national_insurance, ni_number"), "hash",
        r"[A-Za-z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-Da-d]", validators.is_nino, 0.9,
    ),
    Detector(
        "de_tax_id", "German tax ids", _words("steuer_id, steuerid, idnr, tax_id, steuernummer"), "hash",
        r"[1-9][0-9] ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}", validators.is_steuer_id, 0.8,
    ),
    Detector(
        "es_dni", "Spanish DNI or NIE", _words("dni, nie, nif"), "hash",
        r"[XYZxyz0-9][- ]?[0-9]{7}[- ]?[A-Za-z]", validators.is_dni, 0.9,
    ),
    Detector(
        "fr_nir", "French social security numbers", _words("nir, secu, numero_secu, insee"), "hash",
        r"[1-478][0-9 AB]{14,22}", validators.is_nir, 0.9,
    ),
    Detector(
        "it_codice_fiscale", "Italian tax codes", _words("codice_fiscale, codicefiscale, cod_fisc"), "hash",
        r"[A-Za-z]{6}[0-9A-Za-z]{10}", validators.is_codice_fiscale, 0.9,
    ),
    Detector(
        "nl_bsn", "Dutch BSN", _words("bsn, burgerservicenummer, sofinummer"), "hash",
        r"[0-9]{9}", validators.is_bsn, 0.5,
    ),
    Detector("pl_pesel", "Polish PESEL", _words("pesel"), "hash", r"[0-9]{11}", validators.is_pesel, 0.8),
    Detector(
        "phone", "telephone numbers",
        _words("phone, telephone, tel, mobile, cell, fax, telefon, handy, telefono, msisdn, phone_number"), "mask",
        r"[+(]?[0-9][0-9 ()./-]{5,20}[0-9]", _is_phone, 0.5,
    ),
    Detector(
        "birth_date", "dates of birth",
        _words(
            "birthdate, birth_date, date_of_birth, dob, birthday, birth, geburtsdatum, geboren, fecha_nacimiento, "
            "date_naissance"
        ), "generalize", r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}",
    ),
    Detector(
        "first_name", "first names",
        _words("first_name, firstname, given_name, forename, vorname, prenom, fname"), "fake",
    ),
    Detector(
        "last_name", "family names",
        _words("last_name, lastname, surname, family_name, nachname, familienname, apellido, apellidos, lname"), "fake",
    ),
    Detector(
        "name", "names of people",
        _words(
            "full_name, fullname, customer_name, contact_name, person_name, display_name, cardholder, kundenname"
        ), "fake",
    ),
    Detector(
        "street", "street addresses",
        _words(
            "street, address, address_line, addr, strasse, straße, anschrift, adresse, direccion, street_address"
        ), "fake",
    ),
    Detector(
        "postcode", "postcodes",
        _words("postcode, postal_code, zip, zipcode, zip_code, plz, codigo_postal, code_postal"), "generalize",
    ),
    Detector("username", "user names", _words("username, user_name, login, nickname, screen_name"), "hash"),
    Detector(
        "passport", "passport and id card numbers",
        _words("passport, passport_number, id_card, ausweis, drivers_license, driving_licence"), "hash",
    ),
    Detector(
        "password", "passwords", _words("password, passwd, pwd, passwort, secret, password_hash"), "nullify",
    ),
)  # fmt: skip

_WORDS = re.compile(r"[^\W_]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def named(column: str) -> list[Detector]:
    """The detectors that the words of a column's name speak for: `customerEmail`, `E-Mail`, `billing_zip`."""
    words = [word.lower() for word in _WORDS.findall(_CAMEL.sub("_", column))]
    runs = {"_".join(words[start:end]) for start in range(len(words)) for end in range(start + 1, len(words) + 1)}
    return [detector for detector in DETECTORS if not runs.isdisjoint(detector.names)]


def fits(detector: Detector, value: str) -> bool:
    """Of a value that has the detector's shape."""
    return detector.proves is None or detector.proves(value)
