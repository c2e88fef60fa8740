"""What falls due to whom, what was tried to tell it, and how each person wants to be told"""

import sqlalchemy as sa
from alembic import op
from migrations.building import coded

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ANSWERS = ("accepted", "retry", "final", "unknown", "died")
CHANNELS = ("inbox", "email", "sms", "call_list")
DUE_STATES = ("open", "told", "over")
KINDS = (
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


def upgrade():
    op.add_column("message", sa.Column("handed_over_at", sa.DateTime(timezone=True)))
    op.add_column("message", sa.Column("read_at", sa.DateTime(timezone=True)))
    op.drop_index(op.f("ix_message_state_not_before"), "message")
    op.create_index(op.f("ix_message_queue"), "message", ["state", "channel", "is_secret", "not_before"])
    op.create_table(
        "message_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", coded("answer", ANSWERS), nullable=False),
        sa.Column("said", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_message_attempt_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_attempt")),
    )
    op.create_index(op.f("ix_message_attempt_message_id"), "message_attempt", ["message_id"])
    op.create_table(
        "clock_jump",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ended_by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_jump")),
    )
    op.create_index(op.f("ix_clock_jump_ended_at"), "clock_jump", ["ended_at"])
    op.create_table(
        "due",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", coded("kind", KINDS), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("occurrence", sa.String(40), nullable=False),
        sa.Column("recipient", sa.String(64), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("falls_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("state", coded("duestate", DUE_STATES), nullable=False),
        sa.Column("message_id", sa.Integer()),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
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
    op.create_index(op.f("ix_due_state_falls_on"), "due", ["state", "falls_on"])
    op.create_index(op.f("ix_due_message_id"), "due", ["message_id"])
    op.create_table(
        "contact_choice",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.Column("channel", coded("channel", CHANNELS), nullable=False),
        sa.Column("address_sealed", sa.LargeBinary()),
        sa.Column("hour", sa.Integer()),
        sa.CheckConstraint("hour IS NULL OR hour BETWEEN 0 AND 23", name=op.f("ck_contact_choice_hour")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_contact_choice_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_choice")),
        sa.UniqueConstraint("account_id", name=op.f("uq_contact_choice_account_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_contact_choice_public_id")),
    )


def downgrade():
    op.drop_table("contact_choice")
    op.drop_table("due")
    op.drop_table("clock_jump")
    op.drop_table("message_attempt")
    op.drop_index(op.f("ix_message_queue"), "message")
    op.create_index(op.f("ix_message_state_not_before"), "message", ["state", "not_before"])
    op.drop_column("message", "read_at")
    op.drop_column("message", "handed_over_at")
