"""How does an agreement stand: a table typed apart from the product, and every event upon every state."""

from collections.abc import Iterator
from datetime import date
from itertools import product
from pathlib import Path

import pytest

from hometeach.agreements.offers.rules import WhoSigns
from hometeach.agreements.signing.rules import (
    CONCLUDED,
    ENDED,
    OPEN,
    AgreementState,
    Answer,
    Asked,
    Contact,
    Facts,
    Happened,
    Outcome,
    SigningEvent,
    answers_of,
    refusal_to_sign,
    state_of,
)
from hometeach.kernel.clock import Span

TABLE = Path(__file__).with_name("states.txt")
SPAN = Span(date(2026, 9, 1), date(2027, 1, 22))
TODAY = date(2026, 11, 23)
CONTACTS = {"?": Contact.UNCHECKED, "!": Contact.NONE}
E, S = SigningEvent, AgreementState
WORDS = {
    "sent": E.SENT,
    "open": E.OPENED,
    "read": E.SUMMARY_READ,
    "clause": E.CLAUSE_OPENED,
    "talk": E.TALK_ASKED,
    "sign": E.SIGNED,
    "refuse": E.REFUSED,
    "will": E.FOLLOWED_UP,
    "stands": E.FOLLOWED_UP,
    "leaves": E.FOLLOWED_UP,
    "counter": E.COUNTERSIGNED,
    "recall": E.RECALLED,
    "withdraw": E.WITHDRAWN,
    "back": E.TAKEN_BACK,
    "end": E.TERMINATED,
    "super": E.SUPERSEDED,
}
OUTCOMES = {"will": Outcome.WILL_SIGN, "stands": Outcome.STANDS, "leaves": Outcome.LEAVES_IT}


def rows() -> Iterator[list[str]]:
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield [cell.strip() for cell in line.split("|")]


def happened(word: str) -> Happened:
    name, _colon, rest = word.partition(":")
    who, _colon, choice = rest.partition(":")
    if name == "super":
        return Happened(E.SUPERSEDED, first=date.fromisoformat(rest) if rest else None)
    return Happened(
        WORDS[name],
        ord(who) if who else None,
        outcome=OUTCOMES.get(name, ""),
        choices={"place": choice} if choice else {},
    )


def facts(who: str, asked: str, events: str) -> Facts:
    words = events.split()
    return Facts(
        SPAN,
        WhoSigns(who),
        [Asked(ord(one[0]), CONTACTS.get(one[1:], Contact.READY)) for one in asked.split()],
        [happened(word) for word in words if word != "sealed"],
        is_sealed="sealed" in words,
    )


def test_the_table_is_long_enough() -> None:
    assert len(list(rows())) >= 60
    assert {row[4] for row in rows()} == set(AgreementState)


@pytest.mark.parametrize("row", list(rows()), ids=" | ".join)
def test_an_agreement_stands_as_the_table_says(row: list[str]) -> None:
    who, asked, events, day, expected = row
    today = date.fromisoformat(day) if day else TODAY
    assert state_of(facts(who, asked, events), today) == expected


#: One history that leads to each state, for a single signer who can be reached where nothing else is said.
HISTORIES = {row[4]: row for row in reversed(list(rows())) if row[1] == "A" or row[4] in ("conflict", "signed_by_some")}
#: Where an event leads from states in which it means something; from all others the state stays.
ASKING = (S.NOT_SENT, S.SENT, S.OPENED)
LEADS = {
    **{(state, E.SENT): S.SENT for state in (S.NOT_SENT,)},
    **{
        (state, event): S.OPENED
        for state in (S.NOT_SENT, S.SENT)
        for event in (E.OPENED, E.SUMMARY_READ, E.CLAUSE_OPENED, E.TALK_ASKED)
    },
    **{(state, E.SIGNED): S.SIGNED_BY_ALL for state in (*ASKING, S.REFUSED)},
    **{(state, E.REFUSED): S.REFUSED for state in (*ASKING, S.SIGNED_BY_ALL, S.SIGNED_BY_SOME)},
    (S.CONFLICT, E.REFUSED): S.REFUSED,
    **{(state, E.FOLLOWED_UP): S.REFUSED for state in (*ASKING, S.SIGNED_BY_ALL, S.SIGNED_BY_SOME, S.CONFLICT)},
    **{(state, E.RECALLED): S.RECALLED for state in S},
    **{(state, E.TERMINATED): S.TERMINATED for state in S if state is not S.RECALLED},
    **{(state, E.WITHDRAWN): S.WITHDRAWN for state in S if state is not S.RECALLED},
    **{(state, E.SUPERSEDED): S.SUPERSEDED for state in S if state not in (S.RECALLED, S.WITHDRAWN, S.TERMINATED)},
    **{(state, E.COUNTERSIGNED): S.COUNTERSIGNED for state in OPEN},
}


@pytest.mark.parametrize(("state", "event"), list(product(S, E)), ids=str)
def test_every_event_upon_every_state_leads_where_the_table_says(state: S, event: E) -> None:
    if state in (S.PHONE_NOT_CHECKED, S.NO_WAY_TO_REACH):
        who, asked, events, day = "any_one", "A?" if state is S.PHONE_NOT_CHECKED else "A!", "", ""
    else:
        who, asked, events, day, _state = HISTORIES[state]
    today = date.fromisoformat(day) if day else TODAY
    before = facts(who, asked, events)
    assert state_of(before, today) is state
    outcome = Outcome.STANDS if event is E.FOLLOWED_UP else ""
    after = Facts(
        before.span,
        before.who_signs,
        before.asked,
        [*before.events, Happened(event, ord("A"), outcome)],
        is_sealed=before.is_sealed,
    )
    unanswered = (S.PHONE_NOT_CHECKED, S.NO_WAY_TO_REACH)
    like = S.NOT_SENT if state in unanswered else state
    expected = LEADS.get((like, event), state)
    if event is E.TAKEN_BACK and state is S.WITHDRAWN:
        expected = state_of(facts(who, asked, events.replace(" withdraw", "")), today)
    if event is E.WITHDRAWN and state is S.TERMINATED:
        expected = S.WITHDRAWN
    assert state_of(after, today) is expected


def test_every_state_is_open_or_concluded_or_ended() -> None:
    assert set(S) == OPEN | CONCLUDED | ENDED
    assert not OPEN & CONCLUDED | CONCLUDED & ENDED | OPEN & ENDED


def test_the_last_word_counts() -> None:
    told = facts("all", "A B", "refuse:A sign:A refuse:B stands:B")
    assert answers_of(told) == {ord("A"): Answer.SIGNED, ord("B"): Answer.REFUSED_FINALLY}


@pytest.mark.parametrize(
    ("state", "answer", "before", "may", "code"),
    [
        (S.SENT, Answer.NONE, False, True, None),
        (S.NO_WAY_TO_REACH, Answer.NONE, False, True, None),
        (S.REFUSED, Answer.REFUSED, False, True, None),
        (S.SENT, Answer.NONE, False, False, "sign:no_authority"),
        (S.SIGNED_BY_SOME, Answer.SIGNED, True, True, "sign:signed_already"),
        (S.REFUSED, Answer.REFUSED, True, True, "sign:taken_back"),
        (S.COUNTERSIGNED, Answer.NONE, False, True, "sign:concluded"),
        (S.RECALLED, Answer.NONE, False, True, "sign:over"),
        (S.EXPIRED, Answer.SIGNED, True, True, "sign:over"),
    ],
)
def test_who_may_sign(state: S, answer: Answer, before: bool, may: bool, code: str | None) -> None:
    assert refusal_to_sign(state, answer, has_signed_before=before, may_sign=may) == code
