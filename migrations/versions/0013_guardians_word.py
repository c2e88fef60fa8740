"""Links, codes, and what guardians say of a session"""

import sqlalchemy as sa
from alembic import op
from migrations.building import append_only, coded

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

PURPOSES = ("home", "confirm_visit", "sign")
ANSWERS = ("as_written", "shorter", "did_not_come")
ROUTES = ("link", "door", "staff_call")
KINDS = ("shorter", "did_not_come", "complaint", "from_list")
STATES = ("open", "rejected", "upheld", "corrected", "withdrawn")
APPEND_ONLY = "visit_confirmation"


def upgrade():
    _entry()
    _word()
    append_only(APPEND_ONLY)


def downgrade():
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for verb in ("update", "delete", *(["truncate"] if on_postgresql else [])):
        name = f"{APPEND_ONLY}_no_{verb}"
        op.execute(f"DROP TRIGGER {name} ON {APPEND_ONLY}" if on_postgresql else f"DROP TRIGGER {name}")
    for table in ("dispute", "visit_confirmation", "guardian_sign_in", "guardian_code", "guardian_link"):
        op.drop_table(table)


def _entry():
    op.create_table(
        "guardian_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("guardian_id", sa.Integer(), nullable=False),
        sa.Column("purpose", coded("linkpurpose", PURPOSES), nullable=False),
        sa.Column("subject", sa.String(96), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(32)),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["guardian_id"], ["guardian.id"], name=op.f("fk_guardian_link_guardian_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardian_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_guardian_link_token_hash")),
    )
    op.create_index(op.f("ix_guardian_link_guardian_id"), "guardian_link", ["guardian_id"])
    op.create_table(
        "guardian_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(32), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("guardian_id", sa.Integer()),
        sa.Column("link_id", sa.Integer()),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["guardian_id"], ["guardian.id"], name=op.f("fk_guardian_code_guardian_id")),
        sa.ForeignKeyConstraint(["link_id"], ["guardian_link.id"], name=op.f("fk_guardian_code_link_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardian_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_guardian_code_public_id")),
    )
    op.create_index(op.f("ix_guardian_code_guardian_id"), "guardian_code", ["guardian_id"])
    op.create_index(op.f("ix_guardian_code_link_id"), "guardian_code", ["link_id"])
    op.create_index(op.f("ix_guardian_code_made_at"), "guardian_code", ["made_at"])
    op.create_index(op.f("ix_guardian_code_phone_index_made_at"), "guardian_code", ["phone_index", "made_at"])
    op.create_table(
        "guardian_sign_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("guardian_id", sa.Integer(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(32), nullable=False),
        sa.Column("came_by_link", sa.Boolean(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["guardian_id"], ["guardian.id"], name=op.f("fk_guardian_sign_in_guardian_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardian_sign_in")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_guardian_sign_in_token_hash")),
    )
    op.create_index(op.f("ix_guardian_sign_in_guardian_id"), "guardian_sign_in", ["guardian_id"])
    op.create_index(op.f("ix_guardian_sign_in_phone_index"), "guardian_sign_in", ["phone_index"])


def _word():
    op.create_table(
        "visit_confirmation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("guardian_id", sa.Integer(), nullable=False),
        sa.Column("answer", coded("answer", ANSWERS), nullable=False),
        sa.Column("minutes_claimed", sa.Integer()),
        sa.Column("words_sealed", sa.LargeBinary()),
        sa.Column("route", coded("route", ROUTES), nullable=False),
        sa.Column("arrived_second", sa.Integer(), nullable=False),
        sa.Column("left_second", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "minutes_claimed IS NULL OR minutes_claimed >= 0", name=op.f("ck_visit_confirmation_minutes")
        ),
        sa.CheckConstraint(
            "minutes_claimed IS NULL OR answer = 'shorter'", name=op.f("ck_visit_confirmation_minutes_of_shorter")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_confirmation_visit_id")),
        sa.ForeignKeyConstraint(["guardian_id"], ["guardian.id"], name=op.f("fk_visit_confirmation_guardian_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_confirmation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_visit_confirmation_public_id")),
    )
    op.create_index(op.f("ix_visit_confirmation_visit_id"), "visit_confirmation", ["visit_id"])
    op.create_index(op.f("ix_visit_confirmation_guardian_id"), "visit_confirmation", ["guardian_id"])
    op.create_table(
        "dispute",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer()),
        sa.Column("guardian_id", sa.Integer()),
        sa.Column("kind", coded("disputekind", KINDS), nullable=False),
        sa.Column("minutes_claimed", sa.Integer()),
        sa.Column("words_sealed", sa.LargeBinary()),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", coded("disputestate", STATES), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decided_by", sa.String(64), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary()),
        sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name=op.f("ck_dispute_decided")),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_dispute_child_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_dispute_visit_id")),
        sa.ForeignKeyConstraint(["guardian_id"], ["guardian.id"], name=op.f("fk_dispute_guardian_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
        sa.UniqueConstraint("public_id", name=op.f("uq_dispute_public_id")),
    )
    op.create_index(op.f("ix_dispute_child_id"), "dispute", ["child_id"])
    op.create_index(op.f("ix_dispute_visit_id"), "dispute", ["visit_id"])
    op.create_index(op.f("ix_dispute_state_due_on"), "dispute", ["state", "due_on"])
    is_open = sa.text("state = 'open'")
    op.create_index(
        "uq_dispute_open_visit", "dispute", ["visit_id"], unique=True, sqlite_where=is_open, postgresql_where=is_open
    )
