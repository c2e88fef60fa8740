"""The words in which a person is described, and how a number is shown masked."""

from enum import StrEnum


class UnitKind(StrEnum):
    """What a unit of the organisation is."""

    BUREAU = "bureau"
    SPECIAL_SCHOOL = "special_school"
    SCHOOL = "school"


class Sex(StrEnum):
    """As the identity card says."""

    MALE = "male"
    FEMALE = "female"


class DisabilityType(StrEnum):
    """The seven types of the disability certificate."""

    VISUAL = "visual"
    HEARING = "hearing"
    SPEECH = "speech"
    PHYSICAL = "physical"
    INTELLECTUAL = "intellectual"
    MENTAL = "mental"
    MULTIPLE = "multiple"


class FamilyCategory(StrEnum):
    """The economic category of a family, as student aid names it since 2021."""

    LIFTED = "lifted"
    MONITORED = "monitored"
    MINIMUM_LIVING = "minimum_living"
    DESTITUTE = "destitute"
    DISABLED_HARDSHIP = "disabled_hardship"
    ORPHAN = "orphan"
    DE_FACTO_UNATTENDED = "de_facto_unattended"
    NONE = "none"


class ContactRule(StrEnum):
    """How a guardian may be reached."""

    ANY = "any"
    PHONE_ONLY = "phone_only"
    THROUGH_SCHOOL = "through_school"
    NEVER = "never"


class Standing(StrEnum):
    """Whether somebody may sign for the child, or only cares for it."""

    GUARDIAN = "guardian"
    CARER = "carer"


def masked_phone(phone: str | None) -> str | None:
    """The first three and the last four digits."""
    return None if phone is None else f"{phone[:3]}****{phone[-4:]}"


def masked_name(name: str) -> str:
    """The first character: enough to know oneself by, and a neighbour who looks over a shoulder learns little."""
    return f"{name[:1]}*"


def masked_id_number(number: str | None) -> str | None:
    """The first and the last character: enough to tell that one is on file."""
    return None if number is None else f"{number[:1]}{'*' * (len(number) - 2)}{number[-1:]}"


def is_phone(text: str) -> bool:
    """Whether it has the shape of a mobile number: eleven digits beginning with 1."""
    return len(text) == 11 and text.isascii() and text.isdigit() and text.startswith("1")
