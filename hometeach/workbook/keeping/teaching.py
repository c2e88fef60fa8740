"""Rules, calendar, agreements, slots, visits and absences: where they are kept."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import delete, insert, select

from hometeach.agreements.models import Agreement
from hometeach.agreements.rules import SigningRoute
from hometeach.cases.models import Suspension
from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import db
from hometeach.schedule.models import CalendarEntry, CalendarKind, QuotaRow, RuleRow, SlotRow
from hometeach.schedule.rules import Metric, Mode, PartialPeriod, PeriodKind, RuleScope
from hometeach.visits.models import Absence, Visit, VisitTeacher
from hometeach.visits.rules import Confirmation
from hometeach.workbook.comparing import Plain, Stated, Update
from hometeach.workbook.keeping.fields import Field, Ids, code, day, elsewhere, joined, refers, same
from hometeach.workbook.keeping.table import KeptList, StandingRows

#: Why a visit that a list marks as void is void: the list says no more.
VOID_REASON = "来自工作簿"
#: Ids named in one statement at most; below the bound-parameter limits of both engines.
CHUNK = 400
OF_CHILD = refers("child", "child", "child_id")
FROM, TO = day("effective_from"), day("effective_to")


def _complete_rules(rows: StandingRows, _ids: Ids) -> None:
    """Add each rule's quotas, in order."""
    quotas: dict[int, list[Plain]] = {}
    statement = select(QuotaRow.rule_id, QuotaRow.period, QuotaRow.metric, QuotaRow.minimum)
    for rule_id, period, metric, minimum in db.session.execute(statement.order_by(QuotaRow.rule_id, QuotaRow.position)):
        quotas.setdefault(rule_id, []).append([period.value, metric.value, minimum])
    for row in rows.values():
        row.values["quotas"] = quotas.get(row.id, [])


def _finish_rules(created: Sequence[Stated], rows: StandingRows, _ids: Ids) -> None:
    _write_quotas((rows[one.key].id, one.values["quotas"]) for one in created)


def _finish_changed_rules(updates: Sequence[Update], rows: StandingRows, _ids: Ids) -> None:
    changed = [(rows[one.stated.key].id, c.after) for one in updates for c in one.changes if c.field == "quotas"]
    for rule_id, _quotas in changed:
        db.session.execute(delete(QuotaRow).where(QuotaRow.rule_id == rule_id))
    _write_quotas(changed)


def _write_quotas(quotas_of_rules: Iterable[tuple[int, Plain]]) -> None:
    written: list[dict[str, Any]] = []
    for rule_id, quotas in quotas_of_rules:
        for position, quota in enumerate(quotas if isinstance(quotas, list) else []):
            period, metric, minimum = quota if isinstance(quota, list) else []
            written.append(
                {
                    "rule_id": rule_id,
                    "position": position,
                    "period": PeriodKind(str(period)),
                    "metric": Metric(str(metric)),
                    "minimum": minimum,
                }
            )
    if written:
        db.session.execute(insert(QuotaRow), written)


def _complete_visits(rows: StandingRows, ids: Ids) -> None:
    """Add who was there, the one who keeps the record first."""
    teachers: dict[int, list[Plain]] = {}
    statement = select(VisitTeacher.visit_id, VisitTeacher.teacher_id)
    for visit_id, teacher_id in db.session.execute(statement.order_by(VisitTeacher.visit_id, VisitTeacher.position)):
        teachers.setdefault(visit_id, []).append(ids.teacher_codes[teacher_id])
    for row in rows.values():
        row.values["teachers"] = teachers.get(row.id, [])


def _finish_visits(created: Sequence[Stated], rows: StandingRows, ids: Ids) -> None:
    _write_teachers(((rows[one.key].id, one.values["teachers"]) for one in created), ids)


def _finish_changed_visits(updates: Sequence[Update], rows: StandingRows, ids: Ids) -> None:
    changed = [(rows[one.stated.key].id, c.after) for one in updates for c in one.changes if c.field == "teachers"]
    for start in range(0, len(changed), CHUNK):
        visit_ids = [visit_id for visit_id, _teachers in changed[start : start + CHUNK]]
        db.session.execute(delete(VisitTeacher).where(VisitTeacher.visit_id.in_(visit_ids)))
    _write_teachers(changed, ids)


def _write_teachers(teachers_of_visits: Iterable[tuple[int, Plain]], ids: Ids) -> None:
    written = [
        {"visit_id": visit_id, "teacher_id": ids.teachers[str(teacher)], "position": position}
        for visit_id, teachers in teachers_of_visits
        for position, teacher in enumerate(teachers if isinstance(teachers, list) else [])
    ]
    if written:
        db.session.execute(insert(VisitTeacher), written)


def _void_columns(is_void: Any, _ids: Ids, _row: str) -> dict[str, Any]:
    return {"is_void": is_void, "void_reason": VOID_REASON if is_void else None}


def _visit_columns(stated: Stated) -> dict[str, Any]:
    return {"group_code": "", "recorded_at": machine_now(), "list_position": stated.row}


RULES = KeptList(
    "rules",
    RuleRow.__table__,  # type: ignore[arg-type]
    ("code",),
    (
        same("code"),
        same("document_no"),
        FROM,
        TO,
        code("scope", RuleScope),
        same("scope_key"),
        same("min_minutes"),
        same("minutes_per_class_hour"),
        same("min_teachers"),
        joined("modes"),
        same("remote_cap"),
        same("max_per_day"),
        same("confirmation_required"),
        same("make_up_days"),
        code("partial_period", PartialPeriod),
        elsewhere("quotas"),
    ),
    made=lambda _stated: {"title": "", "issuer": "", "source_text": ""},
    complete=_complete_rules,
    after_create=_finish_rules,
    after_update=_finish_changed_rules,
)
CALENDAR = KeptList(
    "calendar",
    CalendarEntry.__table__,  # type: ignore[arg-type]
    ("kind", "effective_from", "name"),
    (code("kind", CalendarKind), FROM, TO, same("name")),
)
AGREEMENTS = KeptList(
    "agreements",
    Agreement.__table__,  # type: ignore[arg-type]
    ("number",),
    (OF_CHILD, same("number"), FROM, TO, code("route", SigningRoute), day("signed_on")),
)
SUSPENSIONS = KeptList(
    "suspensions",
    Suspension.__table__,  # type: ignore[arg-type]
    ("child", "effective_from"),
    (OF_CHILD, FROM, TO, same("reason")),
)
SLOTS = KeptList(
    "slots",
    SlotRow.__table__,  # type: ignore[arg-type]
    ("child", "weekday", "start_minute", "effective_from"),
    (
        OF_CHILD,
        refers("teacher", "teacher", "teacher_id"),
        same("weekday"),
        same("start_minute"),
        same("end_minute"),
        FROM,
        TO,
    ),
)
VISITS = KeptList(
    "visits",
    Visit.__table__,  # type: ignore[arg-type]
    ("number",),
    (
        same("number"),
        OF_CHILD,
        day("held_on"),
        same("arrived_second"),
        same("left_second"),
        elsewhere("teachers"),
        code("mode", Mode),
        code("confirmation", Confirmation),
        day("makes_up_for"),
        Field("is_void", ("is_void",), _void_columns, lambda row, _ids: row.is_void),
        same("content"),
    ),
    made=_visit_columns,
    complete=_complete_visits,
    after_create=_finish_visits,
    after_update=_finish_changed_visits,
)
ABSENCES = KeptList(
    "absences",
    Absence.__table__,  # type: ignore[arg-type]
    ("child", "missed_on"),
    (OF_CHILD, day("missed_on"), same("reason_code"), same("planned_minutes"), same("is_approved")),
)
