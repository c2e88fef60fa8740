"""What level of proof has a seal?

Source: ETSI EN 319 142-1 (PAdES baseline); the level is stated as it is: no
local clock is ever passed off as a timestamp.
"""

from enum import StrEnum


class Level(StrEnum):
    """The PAdES baseline level."""

    B_B = "B-B"
    B_T = "B-T"
    B_LT = "B-LT"


class Step(StrEnum):
    """The steps of sealing, in their order; what an attempt came to is told by the step."""

    RENDER = "render"
    SIGN = "sign"
    TIMESTAMP = "timestamp"
    VERIFY = "verify"
    KEEP = "keep"
