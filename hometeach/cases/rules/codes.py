"""The codes in which a case's papers speak: sources, placements, reasons to pause, reasons to leave."""

from enum import StrEnum


class Source(StrEnum):
    """From where the bureau learned of the child."""

    FEDERATION_LIST = "federation_list"
    HEALTH_LIST = "health_list"
    CIVIL_AFFAIRS_LIST = "civil_affairs_list"
    ROLL_LIST = "roll_list"
    SCHOOL_REPORT = "school_report"
    FAMILY_APPLIED = "family_applied"


class PlacementForm(StrEnum):
    """Where a child is placed.

    Source: REPD art. 17 (the four placements); CEL art. 11 and 13 (deferral and suspension of schooling).
    """

    HOME = "home"
    SPECIAL_SCHOOL = "special_school"
    MAINSTREAM = "mainstream"
    SPECIAL_CLASS = "special_class"
    DISTANCE = "distance"
    WELFARE_INSTITUTION = "welfare_institution"
    REHABILITATION = "rehabilitation"
    DEFERRED = "deferred"
    SCHOOLING_SUSPENDED = "schooling_suspended"


class RollHandling(StrEnum):
    """What becomes of the child's place on a school roll."""

    STAYS = "stays"
    TO_BE_MADE = "to_be_made"
    MOVES = "moves"


class PauseReason(StrEnum):
    """Why teaching is suspended for a time."""

    HOSPITAL = "hospital"
    MOVED_FOR_A_TIME = "moved_for_a_time"
    INFECTIOUS_ILLNESS = "infectious_illness"
    DISASTER = "disaster"
    UNSAFE_HOUSEHOLD = "unsafe_household"
    OTHER = "other"


class ExitReason(StrEnum):
    """Why a case ends."""

    TO_SPECIAL_SCHOOL = "to_special_school"
    TO_MAINSTREAM = "to_mainstream"
    MOVED_OUT = "moved_out"
    GRADUATED = "graduated"
    OVERAGE = "overage"
    WITHDRAWN = "withdrawn"
    DECEASED = "deceased"
    OTHER = "other"


class Proposal(StrEnum):
    """What the teacher proposes at the end of a term."""

    CONTINUE = "continue"
    CHANGE = "change"
    REASSESS = "reassess"
    END = "end"


class YearLine(StrEnum):
    """The lines of the bureau's yearly verification.

    Source: a prefecture's published verification (特教学校就读, 随班就读, 送教上门, 其他, 延缓入学).
    """

    SPECIAL_SCHOOL = "special_school"
    MAINSTREAM = "mainstream"
    HOME = "home"
    OTHER = "other"
    DEFERRED = "deferred"


#: On the guardian's application only.
ON_APPLICATION = frozenset({PlacementForm.DEFERRED, PlacementForm.SCHOOLING_SUSPENDED})
#: Somebody takes the child over, and is named.
WITH_RECEIVER = frozenset({ExitReason.TO_SPECIAL_SCHOOL, ExitReason.TO_MAINSTREAM, ExitReason.MOVED_OUT})
_LINE_OF_PLACEMENT = {
    PlacementForm.HOME: YearLine.HOME,
    PlacementForm.SPECIAL_SCHOOL: YearLine.SPECIAL_SCHOOL,
    PlacementForm.MAINSTREAM: YearLine.MAINSTREAM,
    PlacementForm.DEFERRED: YearLine.DEFERRED,
}
_LINE_OF_EXIT = {
    ExitReason.TO_SPECIAL_SCHOOL: YearLine.SPECIAL_SCHOOL,
    ExitReason.TO_MAINSTREAM: YearLine.MAINSTREAM,
}


def line_of_placement(form: PlacementForm) -> YearLine:
    """The line of the yearly table on which a child with this placement stands."""
    return _LINE_OF_PLACEMENT.get(form, YearLine.OTHER)


def line_of_exit(reason: ExitReason) -> YearLine:
    """The line of the yearly table on which a child stands whose case ended so."""
    return _LINE_OF_EXIT.get(reason, YearLine.OTHER)
