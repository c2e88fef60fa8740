"""Publish a notice, answer it purpose by purpose, take an answer back; and the gate that every use stands behind."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from hometeach.kernel import audit
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db, hold
from hometeach.kernel.files import StoredFile
from hometeach.people.consents.models import Consent, NoticePurpose, PrivacyNotice, notice_on, said_of
from hometeach.people.consents.rules import (
    Answer,
    ConsentRoute,
    ConsentState,
    Purpose,
    fourteenth,
    may_be_asked,
    state_of,
)
from hometeach.people.models import Child, Guardian
from hometeach.people.rules import Standing


@dataclass(frozen=True, slots=True)
class Taken:
    """When, to which notice and by what way an answer came, and who of the staff wrote it down."""

    on: date
    notice: PrivacyNotice
    route: ConsentRoute
    recorded_by: str | None = None
    paper: StoredFile | None = None
    child_was_asked: bool = False


@dataclass(frozen=True, slots=True)
class PurposeStanding:
    """How one purpose stands for a child."""

    purpose: Purpose
    state: ConsentState
    #: Whether the family may be asked of its own accord.
    may_be_asked: bool


def publish_notice(
    text: str, child_rules: str, purposes: Mapping[Purpose, str], *, effective_from: date, source: str, by: str
) -> PrivacyNotice:
    """Put the next version of the notice into force from a day on.

    Raises: Refused ``notice:incomplete`` where a purpose is not explained, ``notice:before_last``.
    """
    for purpose in Purpose:
        if not purposes.get(purpose, "").strip():
            raise Refused("notice:incomplete", _("Say of each purpose what is done, and what a no means."), purpose)
    last = db.session.scalar(select(PrivacyNotice).order_by(PrivacyNotice.version.desc()).limit(1))
    if last is not None and effective_from < last.effective_from:
        raise Refused("notice:before_last", _("It cannot begin before the version it replaces."), "effective_from")
    before = {one.purpose: one.text for one in last.purposes} if last else {}
    notice = PrivacyNotice(
        version=(last.version if last else 0) + 1,
        effective_from=effective_from,
        source=source.strip(),
        text=text.strip(),
        child_rules=child_rules.strip(),
        published_by=by,
    )
    notice.purposes = [
        NoticePurpose(purpose=one, text=purposes[one].strip(), is_new=before.get(one) != purposes[one].strip())
        for one in Purpose
    ]
    db.session.add(notice)
    db.session.flush()
    audit.record(
        "notice:publish",
        actor=by,
        about=f"notice:{notice.public_id}",
        detail={"version": notice.version, "from": effective_from},
    )
    return notice


def answer_purposes(guardian: Guardian, answers: Mapping[Purpose, Answer], taken: Taken, *, by: str) -> list[Consent]:
    """Write down what a guardian said to some of the purposes, each as a row of its own. Says which were new.

    An answer that says what stands already writes nothing.

    Raises: Refused ``consent:carer`` for one who only cares for the child, ``consent:notice_changed``.
    """
    if guardian.standing is not Standing.GUARDIAN:
        raise Refused("consent:carer", _("Only a guardian can allow this. Ask a parent or the legal guardian."))
    current = notice_on(taken.on)
    if current is None or current.id != taken.notice.id:
        raise Refused("consent:notice_changed", _("The notice has changed meanwhile. Read the new one, then answer."))
    hold(guardian.child)
    made = [
        _write(guardian, purpose, answer, taken)
        for purpose, answer in answers.items()
        if _says_something_new(guardian, purpose, answer, taken)
    ]
    db.session.flush()
    for one in made:
        audit.record(
            f"consent:{one.answer}",
            actor=by,
            about=f"child:{guardian.child.public_id}",
            detail={"purpose": one.purpose, "guardian": guardian.public_id, "notice": taken.notice.version},
        )
    return made


def is_allowed(child: Child, purpose: Purpose, on: date) -> bool:
    """Whether the guardians allow a purpose on a day."""
    return state_of(said_of(child.id, on)[purpose], born_on=child.born_on, on=on) is ConsentState.GIVEN


def require_consent(child: Child, purpose: Purpose, on: date) -> None:
    """Stop where the guardians have not allowed a purpose, or do not any more.

    Raises: Refused ``consent:missing``.
    """
    if not is_allowed(child, purpose, on):
        raise Refused(
            "consent:missing",
            _("The guardians have not allowed this, or do not any more. The lesson goes on without it."),
        )


def standings_of(child: Child, on: date, *, term_began: date | None) -> list[PurposeStanding]:
    """How every purpose stands for a child."""
    found = []
    for purpose, said in said_of(child.id, on).items():
        state = state_of(said, born_on=child.born_on, on=on)
        refused = max((one.on for one in said if one.answer is not Answer.GIVEN), default=None)
        found.append(PurposeStanding(purpose, state, may_be_asked(state, refused, term_began)))
    return found


def _says_something_new(guardian: Guardian, purpose: Purpose, answer: Answer, taken: Taken) -> bool:
    """Whether it differs from what this person said last, or renews a yes that has fallen or may fall."""
    last = db.session.scalar(
        select(Consent)
        .where(Consent.guardian_id == guardian.id, Consent.purpose == purpose)
        .order_by(Consent.id.desc())
        .limit(1)
    )
    if last is None:
        return answer is not Answer.WITHDRAWN
    turned = last.said_on < fourteenth(guardian.child.born_on) <= taken.on
    is_renewed = answer is Answer.GIVEN and (last.notice_id != taken.notice.id or turned)
    return last.answer is not answer or is_renewed


def _write(guardian: Guardian, purpose: Purpose, answer: Answer, taken: Taken) -> Consent:
    row = Consent(
        child_id=guardian.child_id,
        guardian_id=guardian.id,
        name=guardian.name,
        relation=guardian.relation,
        purpose=purpose,
        answer=answer,
        notice_id=taken.notice.id,
        route=taken.route,
        recorded_by=taken.recorded_by,
        paper=taken.paper,
        child_was_asked=taken.child_was_asked,
        said_on=taken.on,
    )
    db.session.add(row)
    return row
