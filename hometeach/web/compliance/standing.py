"""Who stands on the page: the children asked for, their figures, and the schools or teachers over them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from flask_babel import gettext as _

from hometeach.cases.models import is_on_the_list
from hometeach.compliance.models import is_leading
from hometeach.web.base import sees_child
from hometeach.web.compliance.figures import Figures, figures_of, sessions_counted, summed
from hometeach.web.compliance.spans import Chosen
from hometeach.web.lists import Asked
from hometeach.web.standings.ledger import ledger_rows
from hometeach.web.standings.listed import Listed, children_listed
from hometeach.web.standings.pictures import MarkLine, TermPicture


class Level(StrEnum):
    """Of what a line of the table tells."""

    SCHOOL = "school"
    TEACHER = "teacher"
    CHILD = "child"


class Group(NamedTuple):
    """A school, a teacher or a child, with its figures. ``key`` is empty where nobody is named."""

    name: str
    key: str
    figures: Figures
    line: MarkLine
    #: One of the children.
    example: Listed


@dataclass(frozen=True)
class Standing:
    """The children of the page with all that is told of them."""

    chosen: Chosen
    children: Sequence[Listed]
    picture: TermPicture
    of_child: Mapping[int, Figures]

    @property
    def total(self) -> Figures:
        """Of all of them."""
        return summed(self.of_child[child.id] for child in self.children)

    def only(self, asked: Asked) -> "Standing":
        """Those of the school and the teacher asked for."""
        some = [
            one
            for one in self.children
            if asked["school"] in ("", one.school_key) and asked["teacher"] in ("", one.teacher_key)
        ]
        return Standing(self.chosen, some, self.picture, self.of_child)

    def level(self) -> Level:
        """What is told apart: schools where there are several, else teachers, else children."""
        if len({child.school_key for child in self.children}) > 1:
            return Level.SCHOOL
        return Level.TEACHER if len({child.teacher_key for child in self.children}) > 1 else Level.CHILD

    def groups(self, level: Level) -> list[Group]:
        """The schools, teachers or children, by code; who has none stands last."""
        name, key = _NAMED[level]
        found: dict[tuple[str, ...], list[Listed]] = {}
        for child in sorted(self.children, key=lambda one: (*one.who_acts, one.code)):
            found.setdefault(key(child), []).append(child)
        return [
            Group(
                name(some[0]),
                place[-1],
                summed(self.of_child[child.id] for child in some),
                self.picture.group_line(some),
                some[0],
            )
            for place, some in found.items()
        ]


_NAMED: Mapping[Level, tuple[Callable[[Listed], str], Callable[[Listed], tuple[str, ...]]]] = {
    Level.SCHOOL: (lambda child: child.school or _("no school"), lambda child: (child.school_key or "",)),
    Level.TEACHER: (
        lambda child: child.teacher or _("no teacher"),
        lambda child: (child.school_key or "", child.teacher_key or ""),
    ),
    Level.CHILD: (lambda child: child.name, lambda child: (child.public_id,)),
}


def standing_in(chosen: Chosen) -> Standing:
    """Everybody whom the person sees and who is taught at home, over the span: three statements."""
    seen = (sees_child(), is_on_the_list())
    as_of = chosen.within.as_of
    children = children_listed(chosen.day, *seen)
    rows = ledger_rows(chosen.of_rows, is_leading(), *seen)
    picture = TermPicture(chosen.within, rows)
    held = sessions_counted(chosen.span, *seen)
    figures = figures_of(picture, rows, held, [child.id for child in children], as_of)
    return Standing(chosen, children, picture, figures)
