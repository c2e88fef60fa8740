"""Who must sign an agreement for a child?

Source: issue of the agreements, part 2; Civil Code 1068, 27, 34: one guardian
may act alone unless the bureau, or the family, wants more.
"""

from enum import StrEnum


class WhoSigns(StrEnum):
    """Whose signatures make the guardian's side complete."""

    ANY_ONE = "any_one"
    ALL = "all"
    NAMED = "named"
