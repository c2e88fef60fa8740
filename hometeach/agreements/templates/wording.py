"""How are the blocks called, and what is said of words that may not stand in an agreement?"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hometeach.agreements.templates.rules import Block, Fault, Finding

BLOCKS: Mapping[Block, Any] = {
    Block.PARTIES: _l("Parties"),
    Block.CHILD_AND_PLACE: _l("The child and the place of teaching"),
    Block.TERM: _l("From when to when"),
    Block.CONTENT: _l("What is taught"),
    Block.FREQUENCY: _l("How often and how long"),
    Block.FREE_OF_CHARGE: _l("Free of charge"),
    Block.SCHOOL_DUTIES: _l("What the school does"),
    Block.GUARDIAN_DUTIES: _l("Rights and duties of the guardian"),
    Block.CHANGES: _l("Changed hours and make-ups"),
    Block.SAFETY: _l("Safety and liability"),
    Block.PERSONAL_INFORMATION: _l("Personal information and pictures"),
    Block.WITHDRAWAL: _l("Suspension and withdrawal"),
    Block.TERMINATION: _l("End of the agreement"),
    Block.ELECTRONIC_FORM: _l("Signing electronically"),
    Block.DISPUTE: _l("Disputes"),
    Block.SIGNATURE: _l("Signatures"),
    Block.ANNEXES: _l("Annexes"),
}


class Advice(NamedTuple):
    """What a fault is, the law against it, and what would be right."""

    what: Any
    law: Any
    right: Any


ADVICE: Mapping[Fault, Advice] = {
    Fault.MISSING_BLOCK: Advice(
        _l("This block is missing."),
        _l("It belongs to every service agreement (form F05)."),
        _l("Write at least one clause of it."),
    ),
    Fault.WAIVER: Advice(
        _l("These words release somebody from liability for injury."),
        _l("Such a clause is void: Civil Code art. 506; art. 497 for a standard form."),
        _l("Say that each side bears the liability that the law gives it (Civil Code art. 1199 to 1201)."),
    ),
    Fault.RENEWAL: Advice(
        _l("These words let the agreement go on without a new signature."),
        _l("A service agreement is for one term and is signed anew (form F05); consent is asked anew (PIPL art. 14)."),
        _l("Say that it ends with its last day, and that going on takes a new signature."),
    ),
    Fault.FEE: Advice(
        _l("These words let the family pay."),
        _l("Compulsory education is free of charge: Compulsory Education Law art. 2."),
        _l("Say that nothing is charged in any form, and who bears the costs."),
    ),
    Fault.PHOTO_CONDITION: Advice(
        _l("These words make teaching depend on a consent to pictures."),
        _l("Service may not be refused for a consent that it does not need: PIPL art. 16; Civil Code art. 1019."),
        _l("Say that the consent is asked apart, and that a refusal changes nothing of the teaching."),
    ),
    Fault.UNKNOWN_PLACEHOLDER: Advice(
        _l("Nothing stands for this placeholder."),
        _l("The agreement would be printed with a gap."),
        _l("Choose one of the placeholders listed on the page."),
    ),
}


def told(finding: Finding) -> str:
    """A fault in sentences: the words found, why not, by which law, and what would be right."""
    advice = ADVICE[finding.fault]
    found = str(BLOCKS[finding.block]) if finding.block else finding.words
    return _(
        "“%(words)s”: %(what)s %(law)s %(right)s",
        words=found,
        what=str(advice.what),
        law=str(advice.law),
        right=str(advice.right),
    )


def told_in(block: Block | None, finding: Finding) -> str:
    """The same with the part of the agreement in which it stands; what is missing stands in none."""
    if block is None:
        return told(finding)
    return _("In “%(block)s”: %(fault)s", block=str(BLOCKS[block]), fault=told(finding))


def told_all(findings: Iterable[Finding]) -> str:
    """Several faults, one after the other."""
    return " ".join(told(one) for one in findings)
