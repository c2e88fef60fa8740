"""An agreement is drawn up: what it says, what keeps it back, and that it stays as it was."""

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa

from hometeach.agreements.models import Agreement
from hometeach.agreements.offers.actions import Wanted, trial
from hometeach.agreements.offers.documents import as_read, summary_of, unsigned_pdf
from hometeach.agreements.offers.facts import paper_code
from hometeach.agreements.offers.models import Offer
from hometeach.agreements.offers.rules import WhoSigns
from hometeach.agreements.templates.actions import begin_draft, publish
from hometeach.kernel.audit import AuditEvent
from hometeach.kernel.clock import Span
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.people.models import Child, Guardian, OrgUnit, ServingSpan
from hometeach.people.rules import Standing
from hometeach.schedule.models import RuleRow, SlotRow
from tests import factories
from tests.agreements.offers.conftest import TODAY

Draw = Callable[..., Offer]


def refused(do: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refusal:
        do()
    return refusal.value.code


def add_father(child: Child, standing: Standing = Standing.GUARDIAN) -> Guardian:
    father = Guardian(child_id=child.id, name="吴大海", relation="父亲", standing=standing)
    db.session.add(father)
    db.session.flush()
    db.session.refresh(child, ["guardians"])
    return father


def test_it_says_who_where_when_how_often_and_by_which_rule(drawn: Draw) -> None:
    words = drawn().terms["words"]
    assert words["学校名称"] == "月山镇中心小学"
    assert words["学生姓名"] == "安安"
    assert words["起始日期"] == "2026年11月23日"
    assert words["截止日期"] == "2027年1月22日"
    assert words["规则名称"] == "《X市送教上门工作规程》（X教发〔2026〕11号）"
    assert words["送教地点"] == "月山镇大塘村17组"
    assert words["送教教师"] == "林老师"


def test_numbers_of_people_are_masked_in_it(drawn: Draw) -> None:
    terms = drawn().terms
    assert "138****5678" in terms["words"]["监护人"]
    assert terms["words"]["学籍号"] == "G*****************3"
    assert "13812345678" not in str(terms)
    assert "433130201506010023" not in str(terms)


def test_the_annexes_are_as_they_were_that_day(drawn: Draw, child: Child) -> None:
    offer = drawn()
    before = offer.terms
    slot = db.session.scalars(sa.select(SlotRow)).one()
    slot.weekday = 4
    child.name = "另名"
    db.session.flush()
    assert offer.terms == before
    assert unsigned_pdf(offer.template, offer.terms).sha256 == offer.document_sha256
    assert [hour["time"] for hour in before["schedule"]["hours"]] == ["15:00–16:15"]


def test_an_agreement_keeps_its_version_when_another_is_published(drawn: Draw) -> None:
    older = drawn()
    newer = begin_draft(older.template, by="bai")
    publish(newer, TODAY, on=TODAY, by="bai")
    assert drawn().template.version == 2
    assert older.template.version == 1


def test_it_is_numbered_frozen_hashed_and_in_the_log(drawn: Draw) -> None:
    first, second = drawn(), drawn()
    assert [first.number, second.number] == ["XY-2026-0001", "XY-2026-0002"]
    assert first.document.sha256 == first.document_sha256
    assert first.document.content.startswith(b"%PDF")
    event = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.about == f"offer:{first.public_id}")).one()
    assert event.action == "offer:draw_up"
    assert first.document_sha256 in event.detail
    assert paper_code(first.terms).facts_sha256.lower() in event.detail
    assert "安安" not in event.detail


def test_a_number_that_an_agreement_has_is_not_given_again(drawn: Draw, child: Child) -> None:
    old = factories.make_agreement(child, date(2026, 9, 1), date(2026, 9, 30))
    old.number = "XY-2026-0041"
    db.session.flush()
    assert drawn().number == "XY-2026-0042"


def test_what_is_read_is_what_is_printed(drawn: Draw) -> None:
    offer = drawn()
    clauses = as_read(offer)
    assert len(clauses) == len(offer.template.clauses)
    assert {one.clause_id for one in clauses} == {one.id for one in offer.template.clauses}
    assert any(one.limits_rights for one in clauses)
    assert not any("{" in one.text for one in clauses)
    points = summary_of(offer)
    assert points[0].question == "这是什么？"
    assert all(one.question and one.answer for one in points)


def test_all_guardians_are_asked_or_the_one_that_was_named(drawn: Draw, child: Child) -> None:
    father = add_father(child)
    assert {one.name for one in drawn().signers} == {"吴奶奶", "吴大海"}
    named = drawn(who_signs=WhoSigns.NAMED, named=father, reason="祖母不识字")
    assert [one.name for one in named.signers] == ["吴大海"]
    assert named.who_signs_reason == "祖母不识字"


def test_a_carer_is_asked_only_with_a_written_authority(drawn: Draw, child: Child) -> None:
    carer = add_father(child, Standing.CARER)
    offer = drawn()
    assert [one.name for one in offer.signers] == ["吴奶奶"]
    assert offer.terms["words"]["照护人"] == "吴大海（父亲）"
    assert refused(lambda: drawn(who_signs=WhoSigns.NAMED, named=carer, reason="在外务工")) == "offer:nobody_named"
    allowed = drawn(who_signs=WhoSigns.NAMED, named=carer, reason="在外务工", authorised=[carer.id])
    assert [one.standing for one in allowed.signers] == [Standing.CARER]


def test_a_guardian_of_another_child_cannot_be_named(drawn: Draw, child: Child) -> None:
    school = db.session.scalars(sa.select(OrgUnit).where(OrgUnit.code == "S1")).one()
    other = factories.make_child("C2", school, phone="13998765432")
    stranger = db.session.scalars(sa.select(Guardian).where(Guardian.child_id == other.id)).one()
    code = refused(lambda: drawn(who_signs=WhoSigns.NAMED, named=stranger, reason="x"))
    assert code == "offer:nobody_named"


def test_a_change_of_terms_takes_the_place_of_the_agreement_in_force(drawn: Draw, child: Child) -> None:
    old = factories.make_agreement(child)
    assert refused(drawn) == "offer:overlaps"
    offer = drawn(supersedes=old)
    assert offer.supersedes_id == old.id
    assert offer.terms["supersedes"] == old.number


def test_an_agreement_of_another_child_is_not_superseded(drawn: Draw, child: Child) -> None:
    school = db.session.scalars(sa.select(OrgUnit).where(OrgUnit.code == "S1")).one()
    other: Agreement = factories.make_agreement(factories.make_child("C2", school, phone="13998765432"))
    assert refused(lambda: drawn(supersedes=other)) == "offer:not_superseded"


@pytest.mark.parametrize(
    ("code", "take_away"),
    [
        ("offer:no_school", lambda child: db.session.execute(sa.delete(ServingSpan))),
        ("offer:no_rule", lambda child: db.session.execute(sa.update(RuleRow).values(effective_to=date(2026, 11, 1)))),
        ("offer:no_signer", lambda child: setattr(child.guardians[0], "standing", Standing.CARER)),
        ("offer:no_place", lambda child: setattr(child, "visit_address", None)),
        ("offer:no_school_phone", lambda child: phone_of("S1", None)),
        ("offer:no_bureau_phone", lambda child: phone_of("J00", None)),
    ],
)
def test_without_what_it_needs_it_is_not_drawn_up(
    drawn: Draw, child: Child, code: str, take_away: Callable[[Child], object]
) -> None:
    take_away(child)
    db.session.flush()
    assert refused(drawn) == code


def phone_of(code: str, phone: str | None) -> None:
    db.session.execute(sa.update(OrgUnit).where(OrgUnit.code == code).values(phone=phone))
    db.session.expire_all()


def test_a_place_other_than_the_familys_address_is_what_it_says(drawn: Draw, child: Child) -> None:
    child.visit_address = None
    db.session.flush()
    assert drawn(place="月山镇社区服务中心").terms["words"]["送教地点"] == "月山镇社区服务中心"


def test_without_a_wording_published_for_the_first_day_it_is_not_drawn_up(drawn: Draw) -> None:
    code = refused(lambda: drawn(effective_from=date(2025, 9, 1), effective_to=date(2026, 1, 22), on=date(2025, 8, 31)))
    assert code == "offer:no_template"


def test_hours_and_plan_may_follow_and_the_paper_says_so(drawn: Draw, child: Child) -> None:
    db.session.execute(sa.delete(SlotRow))
    child.roll_no = None
    db.session.flush()
    offer = drawn()
    assert offer.terms["plan"] is None
    assert offer.terms["schedule"]["hours"] == []
    assert offer.document.size > 0


def test_a_trial_writes_nothing_and_says_that_it_is_one(drawn: Draw, child: Child) -> None:
    document = trial(child, Wanted(Span(TODAY, factories.TERM_TO)), on=TODAY)
    assert document.pages > 3
    assert db.session.scalar(sa.select(Offer.id)) is None


def test_a_character_without_a_glyph_stops_it_and_is_named(drawn: Draw, child: Child) -> None:
    child.guardians[0].name = "吴\ue123"
    db.session.flush()
    with pytest.raises(Refused, match=r"U\+E123") as refusal:
        drawn()
    assert refusal.value.code == "document:glyph"
    assert db.session.scalar(sa.select(Offer.id)) is None
