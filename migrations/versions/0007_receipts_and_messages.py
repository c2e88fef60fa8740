"""What was asked for once, what was about to be, and what is to be told to whom"""

import sqlalchemy as sa
from alembic import op
from migrations.building import coded

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

CHANNELS = ("inbox", "email", "sms", "call_list")
STATES = ("waiting", "sending", "sent", "refused", "unknown", "parked", "superseded")


def upgrade():
    op.create_table(
        "receipt",
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("actor", "key", name=op.f("pk_receipt")),
    )
    op.create_index(op.f("ix_receipt_at"), "receipt", ["at"])
    op.create_table(
        "interrupted_form",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("fields_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_interrupted_form_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interrupted_form")),
        sa.UniqueConstraint("public_id", name=op.f("uq_interrupted_form_public_id")),
        sa.UniqueConstraint("account_id", name=op.f("uq_interrupted_form_account_id")),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.Column("key", sa.String(160), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("recipient", sa.String(64), nullable=False),
        sa.Column("channel", coded("channel", CHANNELS), nullable=False),
        sa.Column("about", sa.String(96), nullable=False),
        sa.Column("address_sealed", sa.LargeBinary()),
        sa.Column("subject_sealed", sa.LargeBinary()),
        sa.Column("body_sealed", sa.LargeBinary()),
        sa.Column("is_secret", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("state", coded("messagestate", STATES), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True)),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(80), nullable=False),
        sa.Column("last_error", sa.String(200), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("public_id", name=op.f("uq_message_public_id")),
        sa.UniqueConstraint("key", name=op.f("uq_message_key")),
    )
    op.create_index(op.f("ix_message_state_not_before"), "message", ["state", "not_before"])
    op.create_index(op.f("ix_message_recipient_id"), "message", ["recipient", "id"])
    op.create_index(op.f("ix_message_about"), "message", ["about"])


def downgrade():
    op.drop_table("message")
    op.drop_table("interrupted_form")
    op.drop_table("receipt")
