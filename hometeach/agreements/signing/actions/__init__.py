"""What is done with an offer, from the link that is sent to the school's countersignature. Nothing here commits."""

from hometeach.agreements.signing.actions.answering import ask_to_talk, follow_up, refuse, sign
from hometeach.agreements.signing.actions.authority import record_authority
from hometeach.agreements.signing.actions.capturing import take_capture
from hometeach.agreements.signing.actions.concluding import countersign, note_end, recall
from hometeach.agreements.signing.actions.leaving import end_open_offers, hold_open_offers, reopen_offers
from hometeach.agreements.signing.actions.marks import Mark, Proof, drawn_mark, typed_mark
from hometeach.agreements.signing.actions.paper import take_paper
from hometeach.agreements.signing.actions.reading import note_clause_opened, note_opened, note_summary_read
from hometeach.agreements.signing.actions.sending import hand_over, send_link

__all__ = [
    "Mark",
    "Proof",
    "ask_to_talk",
    "countersign",
    "drawn_mark",
    "end_open_offers",
    "follow_up",
    "hand_over",
    "hold_open_offers",
    "note_clause_opened",
    "note_end",
    "note_opened",
    "note_summary_read",
    "recall",
    "record_authority",
    "refuse",
    "reopen_offers",
    "send_link",
    "sign",
    "take_capture",
    "take_paper",
    "typed_mark",
]
