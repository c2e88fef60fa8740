"""What must an agreement say, what may it never say, and what stands in place of its placeholders?"""

from hometeach.agreements.templates.rules.blocks import IN_PRINT, Block, TemplateState
from hometeach.agreements.templates.rules.lint import Fault, Finding, faults_of, missing_blocks
from hometeach.agreements.templates.rules.placeholders import (
    EXAMPLES,
    LONGEST,
    PLACEHOLDERS,
    Placeholder,
    filled,
    placeholders_in,
)

__all__ = [
    "EXAMPLES",
    "IN_PRINT",
    "LONGEST",
    "PLACEHOLDERS",
    "Block",
    "Fault",
    "Finding",
    "Placeholder",
    "TemplateState",
    "faults_of",
    "filled",
    "missing_blocks",
    "placeholders_in",
]
