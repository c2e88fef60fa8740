"""Which blocks must an agreement have?

Source: domain.md 3.2 "F05"; the law behind each block stands there.
"""

from enum import StrEnum


class Block(StrEnum):
    """The parts that every agreement has, in the order in which they are printed."""

    PARTIES = "parties"
    CHILD_AND_PLACE = "child_and_place"
    TERM = "term"
    CONTENT = "content"
    FREQUENCY = "frequency"
    FREE_OF_CHARGE = "free_of_charge"
    SCHOOL_DUTIES = "school_duties"
    GUARDIAN_DUTIES = "guardian_duties"
    CHANGES = "changes"
    SAFETY = "safety"
    PERSONAL_INFORMATION = "personal_information"
    WITHDRAWAL = "withdrawal"
    TERMINATION = "termination"
    ELECTRONIC_FORM = "electronic_form"
    DISPUTE = "dispute"
    SIGNATURE = "signature"
    ANNEXES = "annexes"


class TemplateState(StrEnum):
    """Whether a version of the wording may still be changed, and may be used."""

    DRAFT = "draft"
    PUBLISHED = "published"


#: The parts in the order in which they are printed.
IN_PRINT = tuple(Block)
