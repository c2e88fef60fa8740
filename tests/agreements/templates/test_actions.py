"""The bureau's wording: what is published never changes, in the actions and in the database itself."""

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from hometeach.agreements.templates.actions import (
    ClauseDraft,
    add_clause,
    begin_draft,
    discard_draft,
    faults_in,
    publish,
    remove_clause,
    write_clause,
)
from hometeach.agreements.templates.default import default_wording
from hometeach.agreements.templates.models import Clause, Template, in_print, template_of, template_on
from hometeach.agreements.templates.rules import Block, TemplateState
from hometeach.agreements.templates.wording import BLOCKS
from hometeach.kernel.audit import AuditEvent
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from tests import factories

TODAY = date(2026, 11, 23)


def refused(do: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refusal:
        do()
    return refusal.value.code


def test_a_fresh_database_holds_the_products_draft_and_offers_it_to_nobody(app: Flask) -> None:
    draft = template_of(1)
    assert draft is not None
    assert draft.state is TemplateState.DRAFT
    assert [one.text for one in draft.clauses] == [one.text for one in default_wording().clauses]
    assert template_on(TODAY) is None
    assert "草稿" in draft.source


def test_it_can_be_published_as_it_is_and_that_is_in_the_log(app: Flask) -> None:
    published = factories.make_wording(TODAY)
    assert template_on(TODAY) is published
    assert db.session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.seq.desc())).first() == "wording:publish"


def test_of_two_published_versions_the_later_holds_from_its_day_on(app: Flask) -> None:
    first = factories.make_wording(TODAY)
    second = begin_draft(first, by="bai")
    publish(second, date(2027, 2, 1), on=TODAY, by="bai")
    assert template_on(date(2027, 1, 31)) is first
    assert template_on(date(2027, 2, 1)) is second


def test_a_version_is_not_published_for_a_day_that_is_over(app: Flask) -> None:
    draft = template_of(1)
    assert draft is not None
    assert refused(lambda: publish(draft, date(2026, 11, 22), on=TODAY, by="bai")) == "wording:past"


def test_a_version_without_a_block_is_not_published(app: Flask) -> None:
    draft = template_of(1)
    assert draft is not None
    for clause in [one for one in draft.clauses if one.block is Block.SAFETY]:
        remove_clause(clause, by="bai")
    assert [finding.block for _clause, finding in faults_in(draft)] == [Block.SAFETY]
    assert refused(lambda: publish(draft, TODAY, on=TODAY, by="bai")) == "wording:faults"


def test_a_fault_that_came_in_before_the_lint_knew_it_is_told_with_its_clause(app: Flask) -> None:
    draft = template_of(1)
    assert draft is not None
    clause = next(one for one in draft.clauses if one.block is Block.SAFETY)
    clause.text = "学校概不负责。"
    with pytest.raises(Refused, match="概不负责") as refusal:
        publish(draft, TODAY, on=TODAY, by="bai")
    assert str(BLOCKS[Block.SAFETY]) in refusal.value.message
    assert "506" in refusal.value.message


def test_what_is_published_is_written_by_nobody(app: Flask) -> None:
    published = factories.make_wording(TODAY)
    draft = ClauseDraft(Block.SAFETY, "双方注意安全。", False)
    clause = published.clauses[0]
    assert refused(lambda: write_clause(clause, draft, seen=0, by="bai")) == "wording:published"
    assert refused(lambda: add_clause(published, draft, by="bai")) == "wording:published"
    assert refused(lambda: remove_clause(clause, by="bai")) == "wording:published"
    assert refused(lambda: publish(published, TODAY, on=TODAY, by="bai")) == "wording:published"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE agreement_template SET title = 'other' WHERE version = 1",
        "UPDATE agreement_template SET state = 'draft', published_at = NULL WHERE version = 1",
        "DELETE FROM agreement_template WHERE version = 1",
        "UPDATE agreement_clause SET text = 'other' WHERE template_id = 1",
        "UPDATE agreement_clause SET template_id = 2, position = position + 500 WHERE template_id = 1",
        "UPDATE agreement_clause SET template_id = 1, position = position + 500 WHERE template_id = 2",
        "DELETE FROM agreement_clause WHERE template_id = 1",
        "INSERT INTO agreement_clause (public_id, template_id, block, position, text, limits_rights, revision) "
        "VALUES ('x', 1, 'safety', 999, 'x', FALSE, 0)",
    ],
)
def test_the_database_itself_refuses_to_change_what_is_published(app: Flask, statement: str) -> None:
    begin_draft(factories.make_wording(TODAY), by="bai")
    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(sa.text(statement))


def test_the_clauses_of_a_draft_may_go_and_come(app: Flask) -> None:
    draft = begin_draft(factories.make_wording(TODAY), by="bai")
    clause = add_clause(draft, ClauseDraft(Block.SAFETY, "双方注意安全。", False), by="bai")
    assert in_print(draft)[[one.block for one in in_print(draft)].index(Block.PERSONAL_INFORMATION) - 1] is clause
    remove_clause(clause, by="bai")
    assert len(draft.clauses) == len(default_wording().clauses)


def test_a_version_keeps_its_number_though_two_begin_one(app: Flask) -> None:
    first = factories.make_wording(TODAY)
    begin_draft(first, by="bai")
    assert refused(lambda: begin_draft(first, by="bai")) == "wording:draft_open"
    assert db.session.scalars(sa.select(Template.version).order_by(Template.version)).all() == [1, 2]


def test_a_draft_is_thrown_away_with_its_clauses_and_that_is_in_the_log(app: Flask) -> None:
    first = factories.make_wording(TODAY)
    draft = begin_draft(first, by="bai")
    held = len(draft.clauses)
    discard_draft(draft, seen=draft.stamp, by="bai")
    assert template_of(2) is None
    assert template_on(TODAY) is first
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Clause)) == len(first.clauses) == held
    logged = db.session.scalars(sa.select(AuditEvent).order_by(AuditEvent.seq.desc())).first()
    assert logged is not None
    assert (logged.action, logged.actor) == ("wording:discard", "bai")
    assert begin_draft(first, by="bai").version == 2


def test_what_is_published_or_the_only_one_or_was_written_on_is_not_thrown_away(app: Flask) -> None:
    only = template_of(1)
    assert only is not None
    assert refused(lambda: discard_draft(only, seen=only.stamp, by="bai")) == "wording:only_one"
    first = factories.make_wording(TODAY)
    draft = begin_draft(first, by="bai")
    assert refused(lambda: discard_draft(first, seen=first.stamp, by="bai")) == "wording:published"
    seen, clause = draft.stamp, draft.clauses[0]
    write_clause(clause, ClauseDraft(clause.block, "甲方：{学校名称}。", False), seen=0, by="other")
    assert refused(lambda: discard_draft(draft, seen=seen, by="bai")) == "wording:written_on"
    seen = draft.stamp
    remove_clause(draft.clauses[-1], by="other")
    assert refused(lambda: discard_draft(draft, seen=seen, by="bai")) == "wording:written_on"
