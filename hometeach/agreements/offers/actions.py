"""Draw up an agreement for a child: gather, print, freeze."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select, text

from hometeach.agreements.models import Agreement
from hometeach.agreements.offers import wording
from hometeach.agreements.offers.around import Around, around, given
from hometeach.agreements.offers.choices import Choice, unfit
from hometeach.agreements.offers.documents import unsigned_pdf
from hometeach.agreements.offers.facts import Facts, gather, paper_code
from hometeach.agreements.offers.models import Offer, Signer
from hometeach.agreements.offers.rules import MAY_FOLLOW, WhoSigns, misfit_of, next_number
from hometeach.kernel import audit, files
from hometeach.kernel.audit import canonical
from hometeach.kernel.clock import Span
from hometeach.kernel.documents import Document
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.models import Child, Guardian

#: Serialises the numbering on PostgreSQL; SQLite has one writer anyway.
NUMBER_LOCK = 0x484F4D41
#: What stands for the number while nothing is drawn up yet.
NO_NUMBER = "XY-0000-0000"


@dataclass(frozen=True)
class Wanted:
    """For which days, and whose signatures make it complete."""

    span: Span
    who_signs: WhoSigns = WhoSigns.ANY_ONE
    #: Why one certain guardian signs, or why all must.
    reason: str = ""
    #: Who signs where only one may.
    named: Guardian | None = None
    #: The agreement whose place it takes from its first day on.
    supersedes: Agreement | None = None
    #: Ids of carers whose written authority to sign is on file.
    authorised: Collection[int] = ()
    #: Where lessons are held, if not at the family's address.
    place: str = ""
    #: Among which places, and at which times, the guardian chooses when signing; empty: nothing is to be chosen.
    options: Mapping[Choice, tuple[str, ...]] = field(default_factory=dict)


def draw_up(
    child: Child,
    *,
    effective_from: date,
    effective_to: date,
    who_signs: WhoSigns,
    reason: str = "",
    named: Guardian | None = None,
    supersedes: Agreement | None = None,
    by: str,
    on: date,
    authorised: Collection[int] = (),
    place: str = "",
    options: Mapping[Choice, tuple[str, ...]] | None = None,
) -> Offer:
    """An agreement for a child, with its facts and its unsigned PDF frozen as they are now; see :class:`Wanted`.

    Raises: Refused ``offer:…`` where something is missing or does not fit, ``document:glyph``.
    """
    wanted = Wanted(
        Span(effective_from, effective_to),
        who_signs,
        reason.strip(),
        named,
        supersedes,
        authorised,
        place,
        {name: some for name, some in (options or {}).items() if some},
    )
    found = _complete(child, wanted, on)
    facts = _facts(found, wanted, _next_number(on), on)
    document = unsigned_pdf(given(found.template), facts)
    offer = Offer(
        child_id=child.id,
        number=facts["number"],
        school_id=given(found.school).id,
        template=found.template,
        effective_from=effective_from,
        effective_to=effective_to,
        facts=canonical(facts),
        document=files.keep(document.content, "application/pdf"),
        document_sha256=document.sha256,
        who_signs=who_signs,
        who_signs_reason=wanted.reason,
        supersedes_id=supersedes.id if supersedes else None,
        drawn_up_by=by,
    )
    offer.signers = [
        Signer(guardian_id=one.id, name=one.name, relation=one.relation, standing=one.standing)
        for one in _signers(found, wanted)
    ]
    db.session.add(offer)
    db.session.flush()
    _record(offer, facts, by)
    return offer


def trial(child: Child, wanted: Wanted, *, on: date) -> Document:
    """What would be drawn up, as a PDF that says that it is only a trial. Nothing is written.

    Raises: Refused as :func:`draw_up`.
    """
    found = _complete(child, wanted, on)
    return unsigned_pdf(given(found.template), _facts(found, wanted, NO_NUMBER, on), is_trial=True)


def _complete(child: Child, wanted: Wanted, on: date) -> Around:
    """What the agreement is made of, once all fits and nothing is missing that it cannot be without."""
    _refuse_unfit(wanted)
    place = wording.to_be_chosen(wanted.options.get(Choice.PLACE, ())) or wanted.place
    found = around(child, wanted.span, place=place, authorised=wanted.authorised)
    misfit = misfit_of(
        wanted.span,
        on=on,
        in_force=_others_in_force(child, wanted.supersedes),
        who=wanted.who_signs,
        reason=wanted.reason,
        named=wanted.named is not None and wanted.named in found.may_sign,
    )
    if misfit is not None:
        field, words = wording.MISFITS[misfit]
        raise Refused(f"offer:{misfit.value}", str(words), field=field)
    _refuse_foreign(child, wanted)
    lack = next((one for one in found.lacks if one not in MAY_FOLLOW), None)
    if lack is not None:
        raise Refused(f"offer:{lack.value}", str(wording.LACKS[lack]))
    return found


def _refuse_unfit(wanted: Wanted) -> None:
    for name, options in wanted.options.items():
        fault = unfit(options)
        if fault is not None:
            raise Refused(f"offer:options_{fault}", str(wording.UNFIT[fault]), field=wording.OPTIONS_FIELDS[name])


def _refuse_foreign(child: Child, wanted: Wanted) -> None:
    old = wanted.supersedes
    if old is not None and not (old.child_id == child.id and old.span.last >= wanted.span.first > old.span.first):
        raise Refused(
            "offer:not_superseded",
            _("Choose an agreement of this child that is still in force on the first day."),
            field="supersedes",
        )


def _facts(found: Around, wanted: Wanted, number: str, on: date) -> Facts:
    return gather(
        found,
        number=number,
        who=wanted.who_signs,
        reason=wanted.reason,
        signers=_signers(found, wanted),
        supersedes=wanted.supersedes.number if wanted.supersedes else None,
        options=wanted.options,
        on=on,
    )


def _others_in_force(child: Child, supersedes: Agreement | None) -> list[Span]:
    statement = select(Agreement).where(Agreement.child_id == child.id).order_by(Agreement.effective_from, Agreement.id)
    return [one.span for one in db.session.scalars(statement) if one is not supersedes]


def _signers(found: Around, wanted: Wanted) -> Sequence[Guardian]:
    if wanted.who_signs is WhoSigns.NAMED and wanted.named is not None:
        return [wanted.named]
    return found.may_sign


def _next_number(on: date) -> str:
    """The next free number of the year; who asks at the same time waits until this one is written."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": NUMBER_LOCK})
    year = f"XY-{on.year}-%"
    taken = [
        *db.session.scalars(select(Offer.number).where(Offer.number.like(year))),
        *db.session.scalars(select(Agreement.number).where(Agreement.number.like(year))),
    ]
    return next_number(on.year, taken)


def _record(offer: Offer, facts: Facts, by: str) -> None:
    detail = {
        "number": offer.number,
        "template": facts["template"]["version"],
        "rule": facts["rule"]["code"],
        "from": offer.effective_from,
        "to": offer.effective_to,
        "who_signs": offer.who_signs.value,
        "signers": len(facts["signers"]),
        "facts": paper_code(facts).facts_sha256.lower(),
        "sha256": offer.document_sha256,
    }
    audit.record("offer:draw_up", actor=by, about=f"offer:{offer.public_id}", detail=detail)
