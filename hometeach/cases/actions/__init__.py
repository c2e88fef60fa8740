"""Move a case, register a child, keep a paper."""

from hometeach.cases.actions.intake import Intake, register_child
from hometeach.cases.actions.moving import Above, known_of, move_case, refusal_of
from hometeach.cases.actions.papers import kept_paper

__all__ = ["Above", "Intake", "kept_paper", "known_of", "move_case", "refusal_of", "register_child"]
