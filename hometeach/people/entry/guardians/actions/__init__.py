"""Send a link, send a code, let a guardian in, see who it is, let them out."""

from hometeach.people.entry.guardians.actions.codes import (
    Proved,
    forget_old_codes,
    prove_by_code,
    send_code_again,
    send_code_by_link,
    send_code_for,
    send_code_to,
)
from hometeach.people.entry.guardians.actions.links import (
    close_links,
    close_links_of,
    issue_link,
    link_of,
    messages_go,
    new_token,
    send_home_link,
    tell,
    way_to,
)
from hometeach.people.entry.guardians.actions.sessions import (
    Entered,
    Opened,
    accept_code,
    leave,
    proof_of,
    shut_out,
    speak_as,
    who_entered,
)

__all__ = [
    "Entered",
    "Opened",
    "Proved",
    "accept_code",
    "close_links",
    "close_links_of",
    "forget_old_codes",
    "issue_link",
    "leave",
    "link_of",
    "messages_go",
    "new_token",
    "proof_of",
    "prove_by_code",
    "send_code_again",
    "send_code_by_link",
    "send_code_for",
    "send_code_to",
    "send_home_link",
    "shut_out",
    "speak_as",
    "tell",
    "way_to",
    "who_entered",
]
