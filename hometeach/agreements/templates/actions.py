"""Write the bureau's wording of the agreement, clause by clause, and publish it.

What is published never changes; a change is a new version, and agreements that
were drawn up keep theirs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import func, select

from hometeach.agreements.templates.models import Clause, Template
from hometeach.agreements.templates.rules import Block, Finding, TemplateState, faults_of, missing_blocks
from hometeach.agreements.templates.wording import told_all, told_in
from hometeach.kernel import audit, documents
from hometeach.kernel.clock import machine_now
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db, hold


@dataclass(frozen=True, slots=True)
class HeadDraft:
    """What is written for a version as a whole."""

    title: str
    source: str
    summary: str


@dataclass(frozen=True, slots=True)
class ClauseDraft:
    """What is written for one clause."""

    block: Block
    text: str
    limits_rights: bool


def begin_draft(like: Template, *, by: str) -> Template:
    """A new version with the words of another one.

    Raises: Refused ``wording:draft_open`` while another draft is being written.
    """
    open_draft = db.session.scalar(select(Template).where(Template.state == TemplateState.DRAFT))
    if open_draft is not None:
        raise Refused(
            "wording:draft_open",
            _("Version %(n)s is being written already. Go on with that one.", n=open_draft.version),
        )
    version = (db.session.scalar(select(func.max(Template.version))) or 0) + 1
    draft = Template(
        version=version,
        title=like.title,
        source=like.source,
        summary=like.summary,
        effective_from=like.effective_from,
        made_by=by,
    )
    draft.clauses = [
        Clause(block=one.block, position=place, text=one.text, limits_rights=one.limits_rights)
        for place, one in enumerate(like.clauses, 1)
    ]
    db.session.add(draft)
    db.session.flush()
    _record("wording:begin", draft, by, like=like.version)
    return draft


def write_head(template: Template, draft: HeadDraft, *, seen: int, by: str) -> None:
    """Write title, source and summary of a draft.

    Raises: Refused ``wording:published``, ``wording:raced``, ``wording:faults``.
    """
    _refuse_published(template)
    _refuse_raced(template.revision, seen)
    _refuse_faults(draft.summary, "summary")
    _refuse_faults(draft.title, "title")
    template.title, template.source, template.summary = draft.title, draft.source, draft.summary
    template.revision += 1
    _record("wording:write", template, by, part="head")


def write_clause(clause: Clause, draft: ClauseDraft, *, seen: int, by: str) -> None:
    """Write one clause of a draft.

    Raises: Refused ``wording:published``, ``wording:raced``, ``wording:faults``.
    """
    _refuse_published(clause.template)
    _refuse_raced(clause.revision, seen)
    _refuse_faults(draft.text, "text")
    clause.block, clause.text, clause.limits_rights = draft.block, draft.text, draft.limits_rights
    clause.revision += 1
    _record("wording:write", clause.template, by, part=clause.public_id, block=clause.block.value)


def add_clause(template: Template, draft: ClauseDraft, *, by: str) -> Clause:
    """A clause more, the last of its block.

    Raises: Refused ``wording:published``, ``wording:faults``.
    """
    _refuse_published(template)
    _refuse_faults(draft.text, "text")
    last = max((one.position for one in template.clauses), default=0)
    clause = Clause(block=draft.block, position=last + 1, text=draft.text, limits_rights=draft.limits_rights)
    template.clauses.append(clause)
    db.session.flush()
    _record("wording:add", template, by, part=clause.public_id, block=clause.block.value)
    return clause


def remove_clause(clause: Clause, *, by: str) -> None:
    """Take a clause out of a draft.

    Raises: Refused ``wording:published``.
    """
    template = clause.template
    _refuse_published(template)
    db.session.delete(clause)
    db.session.flush()
    db.session.refresh(template, ["clauses"])
    _record("wording:remove", template, by, part=clause.public_id, block=clause.block.value)


def move_up(clause: Clause, *, by: str) -> None:
    """Exchange a clause with the one before it in its block; the first stays where it is.

    Raises: Refused ``wording:published``.
    """
    template = clause.template
    _refuse_published(template)
    before = [one for one in template.clauses if one.block is clause.block and one.position < clause.position]
    if before:
        _exchange(clause, max(before, key=lambda one: one.position))
        _record("wording:move", template, by, part=clause.public_id)


def discard_draft(template: Template, *, seen: str, by: str) -> None:
    """Throw a draft away with all its clauses; the next one begun takes its number.

    Raises: Refused ``wording:published``, ``wording:only_one``, ``wording:written_on``.
    """
    hold(template)
    _refuse_published(template)
    if db.session.scalar(select(func.count()).select_from(Template)) == 1:
        raise Refused(
            "wording:only_one",
            _("This is the only wording that there is. Go on writing it, or publish it: without one nothing is begun."),
        )
    if template.stamp != seen:
        raise Refused(
            "wording:written_on", _("Somebody wrote on this draft since you opened this page. Look at it once more.")
        )
    _record("wording:discard", template, by, title=template.title, clauses=len(template.clauses))
    for clause in list(template.clauses):
        db.session.delete(clause)
    db.session.flush()
    db.session.refresh(template, ["clauses"])
    db.session.delete(template)
    db.session.flush()


def publish(template: Template, first: date, *, on: date, by: str) -> None:
    """Let a draft be the wording from a day on. Agreements drawn up before keep theirs.

    Raises: Refused ``wording:published``, ``wording:past``, ``wording:faults``, ``document:glyph``.
    """
    _refuse_published(template)
    if first < on:
        raise Refused(
            "wording:past", _("What was offered is not changed afterwards. Choose today or a later day."), field="first"
        )
    faults = faults_told(template)
    if faults:
        raise Refused("wording:faults", " ".join(faults))
    documents.refuse_missing_glyphs(
        "".join([template.title, template.summary, *(one.text for one in template.clauses)])
    )
    template.effective_from, template.state = first, TemplateState.PUBLISHED
    template.published_by, template.published_at = by, machine_now()
    db.session.flush()
    _record("wording:publish", template, by, first=first, clauses=len(template.clauses))


def faults_in(template: Template) -> Sequence[tuple[Clause | None, Finding]]:
    """All that keeps a version from being published, with the clause that it stands in; none for what is missing."""
    whole: list[tuple[Clause | None, Finding]] = [
        (None, one) for one in missing_blocks(one.block for one in template.clauses)
    ]
    whole += [(None, one) for one in faults_of(template.summary)]
    return [*whole, *((clause, one) for clause in template.clauses for one in faults_of(clause.text))]


def faults_told(template: Template) -> list[str]:
    """The same in sentences: where it stands, the words, the law, and what would be right."""
    return [told_in(clause.block if clause else None, finding) for clause, finding in faults_in(template)]


def _exchange(one: Clause, other: Clause) -> None:
    """By way of a place that no clause has: of one version no two have the same."""
    first, second = one.position, other.position
    one.position = -first
    db.session.flush()
    other.position = first
    db.session.flush()
    one.position = second
    db.session.flush()


def _refuse_published(template: Template) -> None:
    if template.state is TemplateState.PUBLISHED:
        raise Refused(
            "wording:published", _("This version is published and does not change. Begin a new version from it.")
        )


def _refuse_raced(revision: int, seen: int) -> None:
    if revision != seen:
        raise Refused("wording:raced", _("Somebody saved this since you opened it. Both texts stand below."))


def _refuse_faults(text: str, field: str) -> None:
    faults = faults_of(text)
    if faults:
        raise Refused("wording:faults", told_all(faults), field=field)
    try:
        documents.refuse_missing_glyphs(text)
    except Refused as refused:
        raise Refused(refused.code, refused.message, field=field) from refused


def _record(action: str, template: Template, by: str, **detail: object) -> None:
    audit.record(
        action, actor=by, about=f"wording:{template.public_id}", detail={"version": template.version, **detail}
    )
