"""A reminder of a signature under an agreement that is still waited for: one more kind of what falls due"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

BEFORE = (
    "visit_tomorrow",
    "record_missing",
    "confirmation_missing",
    "quota_unplanned",
    "quota_not_met",
    "make_up_closing",
    "agreement_unsigned",
    "agreement_expiring",
    "plan_review",
    "term_review",
    "return_from_suspension",
    "record_check",
    "weekly_digest",
)
ADDED = "signature_missing"
DUE_STATES = ("open", "told", "over")


def upgrade():
    _allow((*BEFORE, ADDED))


def downgrade():
    due = sa.table("due", sa.column("kind"))
    op.execute(sa.delete(due).where(due.c.kind == ADDED))
    _allow(BEFORE)


def _allow(kinds):
    """Let these kinds stand in the table. SQLite changes no check of a table that is there: it is made anew."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_due_kind"), "due", type_="check")
        op.create_check_constraint(op.f("ck_due_kind"), "due", sa.column("kind").in_(kinds))
        return
    _make("due_anew", kinds)
    op.execute("INSERT INTO due_anew SELECT * FROM due")
    op.drop_table("due")
    op.rename_table("due_anew", "due")
    op.create_index(op.f("ix_due_state_falls_on"), "due", ["state", "falls_on"])
    op.create_index(op.f("ix_due_message_id"), "due", ["message_id"])


def _make(name, kinds):
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("occurrence", sa.String(40), nullable=False),
        sa.Column("recipient", sa.String(64), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("falls_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("message_id", sa.Integer()),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(sa.column("kind").in_(kinds), name=op.f("ck_due_kind")),
        sa.CheckConstraint(sa.column("state").in_(DUE_STATES), name=op.f("ck_due_duestate")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_due_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due")),
        sa.UniqueConstraint(
            "kind",
            "subject",
            "occurrence",
            "recipient",
            "rung",
            name=op.f("uq_due_kind_subject_occurrence_recipient_rung"),
        ),
    )
