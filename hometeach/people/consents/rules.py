"""May this be done with a child's data: did the guardians say yes, to this very notice, and not take it back?

The service itself rests on a statutory duty and asks for no consent; these are
the purposes beyond it, and the service never depends on any of them.

Source: PIPL 13-16, 23, 28-31; Minors Network Protection Regulation 32; Civil
Code 35 and 1033; domain.md 5.1, 5.2.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

#: From this birthday on the child is asked as well, as far as it is able.
AGE_TO_BE_ASKED = 14


class Purpose(StrEnum):
    """What a family may allow or refuse, each by itself."""

    PHOTOS = "photos"
    VISIT_LOCATION = "visit_location"
    PUBLICITY = "publicity"
    CHARITIES = "charities"
    VOICE = "voice"
    RESEARCH = "research"


class Answer(StrEnum):
    """What one of the guardians said."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ConsentRoute(StrEnum):
    """By what way the answer came."""

    OWN_PHONE = "own_phone"
    PAPER = "paper"
    IN_PERSON = "in_person"


class ConsentState(StrEnum):
    """How a purpose stands. Only ``given`` allows anything."""

    NOT_ASKED = "not_asked"
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    #: One guardian allows it and another does not: nothing may be done.
    CONFLICT = "conflict"
    #: What was said was said under a notice that has changed in this purpose since.
    NOTICE_CHANGED = "notice_changed"
    #: The child has turned fourteen since.
    TURNED_FOURTEEN = "turned_fourteen"


@dataclass(frozen=True, slots=True)
class Said:
    """One answer of one guardian. ``holds`` says whether the notice it was given under still says the same of this."""

    guardian: int
    answer: Answer
    at: datetime
    on: date
    holds: bool = True


def state_of(said: Iterable[Said], *, born_on: date, on: date) -> ConsentState:
    """How a purpose stands on a day, from all that the guardians ever said of it, in any order.

    What each said last counts. A refusal or a withdrawal stands until the same
    person says yes; a yes falls with the notice it was given under and with the
    fourteenth birthday.
    """
    last = {one.guardian: one for one in sorted(said, key=lambda one: one.at)}
    answers = {one.answer for one in last.values()}
    yes = [one for one in last.values() if one.answer is Answer.GIVEN]
    if not last:
        return ConsentState.NOT_ASKED
    if not yes:
        return ConsentState.WITHDRAWN if Answer.WITHDRAWN in answers else ConsentState.REFUSED
    if len(yes) < len(last):
        return ConsentState.CONFLICT
    if not any(one.holds for one in yes):
        return ConsentState.NOTICE_CHANGED
    if not any(one.on >= fourteenth(born_on) for one in yes if one.holds) and on >= fourteenth(born_on):
        return ConsentState.TURNED_FOURTEEN
    return ConsentState.GIVEN


def may_be_asked(state: ConsentState, refused_on: date | None, term_began: date | None) -> bool:
    """Whether the family may be asked of its own accord: never again in the term in which it said no.

    ``refused_on``: the last day on which somebody refused or withdrew. The
    family's page shows the purpose all the same, and an answer can be changed there.
    Source: NDSR 22(5): no nagging after a refusal.
    """
    if state is ConsentState.GIVEN:
        return False
    said_no_lately = refused_on is not None and (term_began is None or refused_on >= term_began)
    return not said_no_lately


def fourteenth(born_on: date) -> date:
    """The fourteenth birthday; of one born on 29 February the first of March."""
    try:
        return born_on.replace(year=born_on.year + AGE_TO_BE_ASKED)
    except ValueError:
        return date(born_on.year + AGE_TO_BE_ASKED, 3, 1)
