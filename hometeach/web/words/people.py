"""How is a child, its case, its family and its agreement described in words?"""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hometeach.agreements.rules import SigningRoute
from hometeach.cases.rules import CaseStatus
from hometeach.people.rules import ContactRule, DisabilityType, FamilyCategory, Sex, Standing

_STATUSES = {
    CaseStatus.REGISTERED: _l("registered, not verified yet"),
    CaseStatus.VERIFYING: _l("being verified at home"),
    CaseStatus.ASSESSING: _l("being assessed"),
    CaseStatus.PLACEMENT_PENDING: _l("waiting for placement"),
    CaseStatus.PLACED_HOME: _l("placed in home teaching"),
    CaseStatus.PLACED_OTHER: _l("placed elsewhere"),
    CaseStatus.AGREEMENT_PENDING: _l("no agreement in force"),
    CaseStatus.REFUSED: _l("the family declined"),
    CaseStatus.PLANNING: _l("being planned"),
    CaseStatus.ACTIVE: _l("being taught"),
    CaseStatus.SUSPENDED: _l("suspended"),
    CaseStatus.REVIEW_DUE: _l("due for review"),
    CaseStatus.CLOSING: _l("being closed"),
    CaseStatus.CLOSED: _l("closed"),
}
_SEXES = {Sex.MALE: _l("boy"), Sex.FEMALE: _l("girl")}
_DISABILITIES = {
    DisabilityType.VISUAL: _l("visual"),
    DisabilityType.HEARING: _l("hearing"),
    DisabilityType.SPEECH: _l("speech"),
    DisabilityType.PHYSICAL: _l("physical"),
    DisabilityType.INTELLECTUAL: _l("intellectual"),
    DisabilityType.MENTAL: _l("mental"),
    DisabilityType.MULTIPLE: _l("multiple"),
}
_LEVELS = {1: _l("level 1"), 2: _l("level 2"), 3: _l("level 3"), 4: _l("level 4")}
_FAMILIES = {
    FamilyCategory.LIFTED: _l("lifted out of poverty"),
    FamilyCategory.MONITORED: _l("monitored against a return to poverty"),
    FamilyCategory.MINIMUM_LIVING: _l("on minimum living allowance"),
    FamilyCategory.DESTITUTE: _l("in destitute support"),
    FamilyCategory.DISABLED_HARDSHIP: _l("disabled pupil in hardship"),
    FamilyCategory.ORPHAN: _l("orphan"),
    FamilyCategory.DE_FACTO_UNATTENDED: _l("de facto unattended"),
    FamilyCategory.NONE: _l("none of these"),
}
_CONTACTS = {
    ContactRule.ANY: _l("may be called or written to"),
    ContactRule.PHONE_ONLY: _l("by phone only"),
    ContactRule.THROUGH_SCHOOL: _l("through the school only"),
    ContactRule.NEVER: _l("must not be contacted"),
}
_STANDINGS = {Standing.GUARDIAN: _l("guardian"), Standing.CARER: _l("carer")}
_ROUTES = {
    SigningRoute.PAPER: _l("signed on paper"),
    SigningRoute.PHONE: _l("signed by phone"),
    SigningRoute.IN_PERSON: _l("signed in person"),
    SigningRoute.OFFICE: _l("signed at the office"),
}


def case_words(status: CaseStatus) -> str:
    """Where a case stands: 送教中, 待签协议."""
    return str(_STATUSES[status])


def sex_words(sex: Sex) -> str:
    """男 or 女."""
    return str(_SEXES[sex])


def disability_words(kind: DisabilityType, level: int) -> str:
    """The certificate's type and level: 智力一级."""
    return _("%(kind)s, %(level)s", kind=str(_DISABILITIES[kind]), level=str(_LEVELS[level]))


def disability_kind_words(kind: DisabilityType) -> str:
    """The certificate's type alone: 智力."""
    return str(_DISABILITIES[kind])


def family_words(category: FamilyCategory) -> str:
    """The family's economic category: 低保."""
    return str(_FAMILIES[category])


def contact_words(rule: ContactRule) -> str:
    """How a guardian may be reached."""
    return str(_CONTACTS[rule])


def standing_words(standing: Standing) -> str:
    """监护人 or 受托照护人."""
    return str(_STANDINGS[standing])


def route_words(route: SigningRoute) -> str:
    """How an agreement was signed."""
    return str(_ROUTES[route])
