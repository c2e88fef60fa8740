"""Series, moved sessions and published schedules

A planned session is known by its series and its original date, no longer by
its slot, so that it keeps its identity through moves and splits. SQLite cannot
change a column: there the table is made anew and filled. Visits point at it,
so their pairs are laid aside meanwhile, and its triggers are written again.
"""

import sqlalchemy as sa
from alembic import op
from migrations.building import append_only, coded

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MODES = "'home', 'community', 'institution', 'remote'"
KEPT = "id, public_id, slot_id, original_on, child_id, teacher_id, planned_on, start_minute, end_minute, state"
TIMES = "0 <= start_minute AND start_minute < end_minute AND end_minute <= 1440"


def upgrade():
    _extend_slots()
    if _on_postgresql():
        _extend_occurrences()
    else:
        _pairs_laid_aside(lambda: _made_anew(_new_occurrence, "series, is_moved, version", "slot.series, 0, 1"))
    _make_tables()
    append_only("schedule_version")


def downgrade():
    for verb in ("update", "delete", *(["truncate"] if _on_postgresql() else [])):
        on_table = " ON schedule_version" if _on_postgresql() else ""
        op.execute(f"DROP TRIGGER schedule_version_no_{verb}{on_table}")
    for table in ("calendar_feed", "schedule_version", "substitution"):
        op.drop_table(table)
    op.execute("UPDATE visit SET occurrence_id = NULL WHERE occurrence_id IN " + _WITHOUT_A_SLOT)
    op.execute("DELETE FROM occurrence WHERE slot_id IS NULL")
    if _on_postgresql():
        _shorten_occurrences()
    else:
        _pairs_laid_aside(lambda: _made_anew(_old_occurrence, "", ""))
    op.drop_index(op.f("ix_slot_series"), "slot")
    for column in ("series", "mode", "short_reason"):
        op.execute(f"ALTER TABLE slot DROP COLUMN {column}")


_WITHOUT_A_SLOT = "(SELECT id FROM occurrence WHERE slot_id IS NULL)"


def _on_postgresql():
    return op.get_bind().dialect.name == "postgresql"


def _extend_slots():
    op.execute("ALTER TABLE slot ADD COLUMN series VARCHAR(16) DEFAULT '' NOT NULL")
    op.execute("UPDATE slot SET series = public_id")
    op.execute(
        f"ALTER TABLE slot ADD COLUMN mode VARCHAR(32) DEFAULT 'home' NOT NULL "
        f"CONSTRAINT ck_slot_mode CHECK (mode IN ({MODES}))"
    )
    op.execute("ALTER TABLE slot ADD COLUMN short_reason TEXT")
    op.create_index(op.f("ix_slot_series"), "slot", ["series"])


def _extend_occurrences():
    op.add_column("occurrence", sa.Column("series", sa.String(16)))
    op.execute("UPDATE occurrence SET series = slot.series FROM slot WHERE slot.id = occurrence.slot_id")
    op.alter_column("occurrence", "series", nullable=False)
    op.alter_column("occurrence", "slot_id", nullable=True)
    op.add_column("occurrence", sa.Column("makes_up_for", sa.Date()))
    op.add_column("occurrence", sa.Column("is_moved", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("occurrence", sa.Column("change_reason", sa.Text()))
    op.add_column("occurrence", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.drop_constraint("uq_occurrence_slot_id_original_on", "occurrence")
    op.create_unique_constraint(op.f("uq_occurrence_series_original_on"), "occurrence", ["series", "original_on"])
    op.create_check_constraint(
        op.f("ck_occurrence_comes_of_something"), "occurrence", "slot_id IS NOT NULL OR makes_up_for IS NOT NULL"
    )
    op.create_index(op.f("ix_occurrence_slot_id"), "occurrence", ["slot_id"])


def _shorten_occurrences():
    op.drop_index(op.f("ix_occurrence_slot_id"), "occurrence")
    op.drop_constraint("ck_occurrence_comes_of_something", "occurrence")
    op.drop_constraint("uq_occurrence_series_original_on", "occurrence")
    for column in ("version", "change_reason", "is_moved", "makes_up_for", "series"):
        op.drop_column("occurrence", column)
    op.alter_column("occurrence", "slot_id", nullable=False)
    op.create_unique_constraint(op.f("uq_occurrence_slot_id_original_on"), "occurrence", ["slot_id", "original_on"])


def _pairs_laid_aside(rebuild):
    op.execute("CREATE TABLE pair AS SELECT id, occurrence_id FROM visit WHERE occurrence_id IS NOT NULL")
    op.execute("UPDATE visit SET occurrence_id = NULL WHERE occurrence_id IS NOT NULL")
    rebuild()
    op.execute(
        "UPDATE visit SET occurrence_id = (SELECT occurrence_id FROM pair WHERE pair.id = visit.id) "
        "WHERE id IN (SELECT id FROM pair)"
    )
    op.drop_table("pair")


def _made_anew(make, more, filled_with):
    """Make the table anew under its own name, with the rows of the old one, its indexes and its triggers."""
    more, filled_with = (f", {text}" if text else "" for text in (more, filled_with))
    make("occurrence_anew")
    kept = ", ".join(f"occurrence.{name}" for name in KEPT.split(", "))
    op.execute(
        f"INSERT INTO occurrence_anew ({KEPT}{more}) SELECT {kept}{filled_with} "
        "FROM occurrence JOIN slot ON slot.id = occurrence.slot_id"
    )
    op.drop_table("occurrence")
    op.rename_table("occurrence_anew", "occurrence")
    for who in ("child", "teacher"):
        op.create_index(op.f(f"ix_occurrence_{who}_id_planned_on"), "occurrence", [f"{who}_id", "planned_on"])
        _keep_apart(who)
    if more:
        op.create_index(op.f("ix_occurrence_slot_id"), "occurrence", ["slot_id"])


def _new_occurrence(name):
    op.create_table(
        name,
        sa.Column("series", sa.String(16), nullable=False),
        *_columns(slot_is_optional=True),
        sa.Column("makes_up_for", sa.Date()),
        sa.Column("is_moved", sa.Boolean(), nullable=False),
        sa.Column("change_reason", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "slot_id IS NOT NULL OR makes_up_for IS NOT NULL", name=op.f("ck_occurrence_comes_of_something")
        ),
        sa.UniqueConstraint("series", "original_on", name=op.f("uq_occurrence_series_original_on")),
        *_constraints(),
    )


def _old_occurrence(name):
    op.create_table(
        name,
        *_columns(slot_is_optional=False),
        sa.UniqueConstraint("slot_id", "original_on", name=op.f("uq_occurrence_slot_id_original_on")),
        *_constraints(),
    )


def _columns(slot_is_optional):
    return (
        sa.Column("slot_id", sa.Integer(), nullable=slot_is_optional),
        sa.Column("original_on", sa.Date(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("teacher_id", sa.Integer(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=False),
        sa.Column("end_minute", sa.Integer(), nullable=False),
        sa.Column("state", coded("occurrencestate", ("planned", "clashing", "cancelled")), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
    )


def _constraints():
    return (
        sa.CheckConstraint(TIMES, name=op.f("ck_occurrence_times")),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_occurrence_child_id")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_occurrence_slot_id")),
        sa.ForeignKeyConstraint(["teacher_id"], ["teacher.id"], name=op.f("fk_occurrence_teacher_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occurrence")),
        sa.UniqueConstraint("public_id", name=op.f("uq_occurrence_public_id")),
    )


def _keep_apart(who):
    """As 0002 wrote it; the triggers went with the old table."""
    overlap = (
        f"SELECT 1 FROM occurrence AS other WHERE NEW.state = 'planned' AND other.state = 'planned' "
        f"AND other.{who}_id = NEW.{who}_id AND other.planned_on = NEW.planned_on AND other.id IS NOT NEW.id "
        "AND other.start_minute < NEW.end_minute AND NEW.start_minute < other.end_minute"
    )
    for verb in ("insert", "update"):
        op.execute(
            f"CREATE TRIGGER occurrence_{who}_{verb} AFTER {verb.upper()} ON occurrence WHEN EXISTS ({overlap}) "
            f"BEGIN SELECT RAISE(ABORT, 'ex_occurrence_{who}_time'); END"
        )


def _make_tables():
    op.create_table(
        "substitution",
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("teacher_id", sa.Integer(), nullable=False),
        sa.Column("substitute_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date()),
        sa.CheckConstraint(
            "effective_to IS NOT NULL AND effective_from <= effective_to", name=op.f("ck_substitution_closed")
        ),
        sa.CheckConstraint("teacher_id <> substitute_id", name=op.f("ck_substitution_somebody_else")),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_substitution_child_id")),
        sa.ForeignKeyConstraint(["substitute_id"], ["teacher.id"], name=op.f("fk_substitution_substitute_id")),
        sa.ForeignKeyConstraint(["teacher_id"], ["teacher.id"], name=op.f("fk_substitution_teacher_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitution")),
        sa.UniqueConstraint("public_id", name=op.f("uq_substitution_public_id")),
        sa.UniqueConstraint(
            "child_id", "teacher_id", "effective_from", name=op.f("uq_substitution_child_id_teacher_id_effective_from")
        ),
    )
    for column in ("child_id", "teacher_id", "substitute_id"):
        op.create_index(op.f(f"ix_substitution_{column}"), "substitution", [column])
    op.create_table(
        "schedule_version",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("term", sa.String(80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_schedule_version_number")),
        sa.ForeignKeyConstraint(["school_id"], ["org_unit.id"], name=op.f("fk_schedule_version_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_version")),
        sa.UniqueConstraint("public_id", name=op.f("uq_schedule_version_public_id")),
        sa.UniqueConstraint("school_id", "term", "number", name=op.f("uq_schedule_version_school_id_term_number")),
    )
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("teacher_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["teacher_id"], ["teacher.id"], name=op.f("fk_calendar_feed_teacher_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    op.create_index(op.f("ix_calendar_feed_teacher_id"), "calendar_feed", ["teacher_id"])
