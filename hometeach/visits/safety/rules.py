"""What is noted for a safe visit, and who may write it?

Source: domain.md 3, F01/F02/F07 (health and medicines, seizures, allergies,
contraindications, emergency contact); 3.2 "safety" (an emergency procedure, no
medicine given by teachers); 6 "attacked by a distressed child".
"""

from collections.abc import Mapping

#: What is asked, in the order in which it is needed at the door.
QUESTIONS = ("way", "behaviour", "seizures", "allergies", "never", "health", "emergency", "contact")
#: So many characters an answer takes: it is read standing.
MOST = 300


def answers_in(typed: Mapping[str, str]) -> dict[str, str]:
    """The answers that say something, in the order of the questions."""
    return {name: text for name in QUESTIONS if (text := typed.get(name, "").strip())}


def may_edit(*, is_school: bool, teaches: int | None, responsible: int | None) -> bool:
    """Whether somebody writes a child's safety notes: the school's coordinator, or the teacher who answers for it.

    ``teaches``: the id of the teacher who asks, None for one who is none;
    ``responsible``: of the one who answers for the child today. Who only stands in reads them.
    """
    return is_school or (teaches is not None and teaches == responsible)
