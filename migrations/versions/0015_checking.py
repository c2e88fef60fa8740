"""Findings explained and decided on; samples, and what checks gave"""

import sqlalchemy as sa
from alembic import op
from migrations.building import append_only, coded

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

KINDS = (
    "two_places",
    "overlap",
    "outside_agreement",
    "not_taught",
    "unaccounted",
    "same_times",
    "copied_text",
    "short",
    "unconfirmed",
    "late_entry",
    "missing_item",
    "plan_overdue",
    "review_overdue",
    "record_check",
)
CHECK_KINDS = ("phone", "visit")
APPEND_ONLY = ("finding_explanation", "finding_decision", "sample", "sample_child", "check_result")


def upgrade():
    _findings()
    _samples()
    for table in APPEND_ONLY:
        append_only(table)


def downgrade():
    for table in reversed(APPEND_ONLY):
        op.drop_table(table)


def _findings():
    op.create_table(
        "finding_explanation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.Column("finding_key", sa.String(16), nullable=False),
        sa.Column("kind", coded("kind", KINDS), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer()),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("explained_by", sa.String(64), nullable=False),
        sa.Column("explained_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_finding_explanation_child_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_explanation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_finding_explanation_public_id")),
        sa.UniqueConstraint(
            "finding_key", "digest", "number", name=op.f("uq_finding_explanation_finding_key_digest_number")
        ),
    )
    op.create_index(op.f("ix_finding_explanation_child_id"), "finding_explanation", ["child_id"])
    op.create_table(
        "finding_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.Column("explanation_id", sa.Integer(), nullable=False),
        sa.Column("is_accepted", sa.Boolean(), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("decided_by", sa.String(64), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["explanation_id"], ["finding_explanation.id"], name=op.f("fk_finding_decision_explanation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_decision")),
        sa.UniqueConstraint("public_id", name=op.f("uq_finding_decision_public_id")),
        sa.UniqueConstraint("explanation_id", name=op.f("uq_finding_decision_explanation_id")),
    )


def _samples():
    op.create_table(
        "sample",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.Column("seed", sa.String(40), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("weights_digest", sa.String(64), nullable=False),
        sa.Column("drawn_by", sa.String(64), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample")),
        sa.UniqueConstraint("public_id", name=op.f("uq_sample_public_id")),
    )
    op.create_table(
        "sample_child",
        sa.Column("sample_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name=op.f("fk_sample_child_sample_id")),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_sample_child_child_id")),
        sa.PrimaryKeyConstraint("sample_id", "child_id", name=op.f("pk_sample_child")),
    )
    op.create_index(op.f("ix_sample_child_child_id"), "sample_child", ["child_id"])
    op.create_table(
        "check_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.Column("sample_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("kind", coded("checkkind", CHECK_KINDS), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("reached", sa.String(80), nullable=False),
        sa.Column("took_place", sa.Boolean()),
        sa.Column("minutes", sa.Integer()),
        sa.Column("is_satisfied", sa.Boolean()),
        sa.Column("note_sealed", sa.LargeBinary()),
        sa.Column("noted_by", sa.String(64), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("minutes IS NULL OR minutes BETWEEN 0 AND 1440", name=op.f("ck_check_result_minutes")),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name=op.f("fk_check_result_sample_id")),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_check_result_child_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_result")),
        sa.UniqueConstraint("public_id", name=op.f("uq_check_result_public_id")),
    )
    op.create_index(op.f("ix_check_result_sample_id"), "check_result", ["sample_id"])
    op.create_index(op.f("ix_check_result_child_id"), "check_result", ["child_id"])
