"""Does what a device says about a passkey hold together?"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """For whom a passkey is: it works at this address and nowhere else.

    ``origin`` is scheme, host and port, as the browser writes it; ``id`` the host alone.
    Source: W3C Web Authentication, Level 3, sections 5.1.2 and 13.4.9.
    """

    id: str
    origin: str


def fell_back(said: int, known: int) -> bool:
    """Whether a counter shows that the key was copied: it has to grow, unless the device never counts.

    Source: W3C Web Authentication, Level 3, section 6.1.1.
    """
    return (said > 0 or known > 0) and said <= known
