"""Drafts, corrections and verification of records

What a visit tells beside its times, what it said before it was changed, and who
checked it. Old versions are appended and never changed: triggers hold that.
"""

import sqlalchemy as sa
from alembic import op
from migrations.building import coded

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ENTRIES = ("live", "back_entered")
CHANGES = ("corrected", "voided")
STATES = ("waiting", "approved", "refused")
APPEND_ONLY = "visit_version"


def upgrade():
    op.create_table(
        "visit_detail",
        *identity("visit_detail"),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("recorded_by", sa.String(64), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("arrived_entry", coded("arrived_entry", ENTRIES), nullable=False),
        sa.Column("left_entry", coded("left_entry", ENTRIES), nullable=False),
        *stamps(),
        sa.Column("carer_id", sa.Integer()),
        sa.Column("domain", sa.String(32)),
        sa.Column("has_incident", sa.Boolean(), nullable=False),
        sa.Column("written_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("performance_index", sa.LargeBinary(32)),
        sa.Column("receipt_code", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_detail_visit_id")),
        sa.ForeignKeyConstraint(["carer_id"], ["guardian.id"], name=op.f("fk_visit_detail_carer_id")),
        sa.ForeignKeyConstraint(["domain"], ["learning_domain.code"], name=op.f("fk_visit_detail_domain")),
        sa.UniqueConstraint("visit_id", name=op.f("uq_visit_detail_visit_id")),
    )
    op.create_index(op.f("ix_visit_detail_performance_index"), "visit_detail", ["performance_index"])
    op.create_table(
        "visit_goal",
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer()),
        sa.Column("prompt_level", sa.String(32)),
        sa.CheckConstraint("score BETWEEN 0 AND 4", name=op.f("ck_visit_goal_score")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_goal_visit_id")),
        sa.ForeignKeyConstraint(["goal_id"], ["plan_goal.id"], name=op.f("fk_visit_goal_goal_id")),
        sa.ForeignKeyConstraint(["prompt_level"], ["prompt_level.code"], name=op.f("fk_visit_goal_prompt_level")),
        sa.PrimaryKeyConstraint("visit_id", "goal_id", name=op.f("pk_visit_goal")),
    )
    op.create_index(op.f("ix_visit_goal_goal_id"), "visit_goal", ["goal_id"])
    op.create_table(
        "visit_draft",
        *identity("visit_draft"),
        sa.Column("teacher_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("typed_sealed", sa.LargeBinary(), nullable=False),
        *stamps(),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["teacher_id"], ["teacher.id"], name=op.f("fk_visit_draft_teacher_id")),
        sa.UniqueConstraint("teacher_id", "subject", name=op.f("uq_visit_draft_teacher_id_subject")),
    )
    op.create_table(
        "late_permission",
        *identity("late_permission"),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("given_by", sa.String(64), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_late_permission_child_id")),
        sa.UniqueConstraint("child_id", "day", name=op.f("uq_late_permission_child_id_day")),
    )
    op.create_table(
        "visit_version",
        *identity("visit_version"),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("change", coded("change", CHANGES), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("why_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("changed_by", sa.String(64), nullable=False),
        sa.Column("approved_by", sa.String(64)),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_version_visit_id")),
        sa.UniqueConstraint("visit_id", "number", name=op.f("uq_visit_version_visit_id_number")),
    )
    op.create_table(
        "correction_request",
        *identity("correction_request"),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("change", coded("change", CHANGES), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("wanted_sealed", sa.LargeBinary()),
        sa.Column("why_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", coded("requeststate", STATES), nullable=False),
        sa.Column("asked_by", sa.String(64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(64)),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("answer_sealed", sa.LargeBinary()),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_correction_request_visit_id")),
    )
    op.create_index(op.f("ix_correction_request_visit_id"), "correction_request", ["visit_id"])
    op.create_index(
        "uq_correction_request_waiting",
        "correction_request",
        ["visit_id"],
        unique=True,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "visit_verification",
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("verified_by", sa.String(64), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_verification_visit_id")),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_visit_verification")),
    )
    for statement in guards():
        op.execute(statement)


def downgrade():
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for verb in ("update", "delete", *(["truncate"] if on_postgresql else [])):
        name = f"{APPEND_ONLY}_no_{verb}"
        op.execute(f"DROP TRIGGER {name} ON {APPEND_ONLY}" if on_postgresql else f"DROP TRIGGER {name}")
    for table in (
        "visit_verification",
        "correction_request",
        "visit_version",
        "late_permission",
        "visit_draft",
        "visit_goal",
        "visit_detail",
    ):
        op.drop_table(table)


def guards():
    if op.get_bind().dialect.name != "postgresql":
        for verb in ("update", "delete"):
            yield (
                f"CREATE TRIGGER {APPEND_ONLY}_no_{verb} BEFORE {verb.upper()} ON {APPEND_ONLY} "
                f"BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY} is append-only'); END"
            )
        return
    for verb in ("update", "delete", "truncate"):
        each = "STATEMENT" if verb == "truncate" else "ROW"
        yield (
            f"CREATE TRIGGER {APPEND_ONLY}_no_{verb} BEFORE {verb.upper()} ON {APPEND_ONLY} "
            f"FOR EACH {each} EXECUTE FUNCTION refuse_change()"
        )


def identity(table):
    return (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{table}_public_id")),
    )


def stamps():
    names = ("arrived_at", "left_at", "arrived_device_at", "left_device_at")
    return (sa.Column(name, sa.DateTime(timezone=True)) for name in names)
