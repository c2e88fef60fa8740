"""Access reviews, cover, reasons by days, passkeys, record checks"""

import sqlalchemy as sa
from alembic import op
from migrations.building import append_only, coded

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ROLES = ("bureau_officer", "school_coordinator", "teacher", "auditor", "relief_clerk", "administrator")
OUTCOMES = ("keep", "end_role", "lock")
CEREMONIES = ("register", "sign_in")
APPEND_ONLY = ("access_review", "access_decision", "access_signature", "record_check")
REASONS_OF_THE_RULE = "送教规则第4节"


def upgrade():
    _reviews()
    _covers()
    _reasons()
    _passkeys()
    _record_checks()
    for table in APPEND_ONLY:
        append_only(table)
    _close_signed_reviews()


def downgrade():
    for table in ("record_check", "passkey_challenge", "passkey"):
        op.drop_table(table)
    for column in ("source", "effective_to", "effective_from"):
        op.drop_column("excuse_reason", column)
    op.drop_column("substitution", "cover")
    for table in ("cover", "access_signature", "access_decision", "access_review"):
        op.drop_table(table)
    if _on_postgresql():
        op.execute("DROP FUNCTION refuse_after_signature()")


def _reviews():
    op.create_table(
        "access_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("opened_by", sa.String(64), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_review")),
        sa.UniqueConstraint("public_id", name=op.f("uq_access_review_public_id")),
        sa.UniqueConstraint("year", name=op.f("uq_access_review_year")),
    )
    op.create_table(
        "access_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("outcome", coded("outcome", OUTCOMES), nullable=False),
        sa.Column("role", coded("role", ROLES)),
        sa.Column("unit_id", sa.Integer()),
        sa.Column("last_on", sa.Date()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.String(64), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(outcome = 'end_role') = (role IS NOT NULL AND unit_id IS NOT NULL AND last_on IS NOT NULL)",
            name=op.f("ck_access_decision_names_the_role"),
        ),
        sa.CheckConstraint("outcome = 'keep' OR reason <> ''", name=op.f("ck_access_decision_says_why")),
        sa.ForeignKeyConstraint(["review_id"], ["access_review.id"], name=op.f("fk_access_decision_review_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_access_decision_account_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_access_decision_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_decision")),
        sa.UniqueConstraint("public_id", name=op.f("uq_access_decision_public_id")),
    )
    op.create_index(op.f("ix_access_decision_review_id"), "access_decision", ["review_id"])
    op.create_index(op.f("ix_access_decision_account_id"), "access_decision", ["account_id"])
    op.create_table(
        "access_signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("signed_by", sa.String(64), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["access_review.id"], name=op.f("fk_access_signature_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_signature")),
        sa.UniqueConstraint("review_id", name=op.f("uq_access_signature_review_id")),
    )


def _covers():
    op.create_table(
        "cover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.Column("away_id", sa.Integer(), nullable=False),
        sa.Column("covering_id", sa.Integer(), nullable=False),
        sa.Column("role", coded("role", ROLES), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("grant_id", sa.Integer()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_no_more_from", sa.Date()),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date()),
        sa.CheckConstraint(
            "effective_to IS NOT NULL AND effective_from <= effective_to", name=op.f("ck_cover_closed")
        ),
        sa.CheckConstraint("away_id <> covering_id", name=op.f("ck_cover_somebody_else")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_cover_says_why")),
        sa.ForeignKeyConstraint(["away_id"], ["account.id"], name=op.f("fk_cover_away_id")),
        sa.ForeignKeyConstraint(["covering_id"], ["account.id"], name=op.f("fk_cover_covering_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_cover_unit_id")),
        sa.ForeignKeyConstraint(["grant_id"], ["role_grant.id"], name=op.f("fk_cover_grant_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cover")),
        sa.UniqueConstraint("public_id", name=op.f("uq_cover_public_id")),
    )
    op.create_index(op.f("ix_cover_away_id"), "cover", ["away_id"])
    op.create_index(op.f("ix_cover_covering_id"), "cover", ["covering_id"])
    op.add_column("substitution", sa.Column("cover", sa.String(16)))


def _reasons():
    op.add_column("excuse_reason", sa.Column("effective_from", sa.Date()))
    # Alembic cannot add a check to a table of SQLite; one that belongs to the new column comes and goes with it.
    op.execute(
        "ALTER TABLE excuse_reason ADD COLUMN effective_to DATE CONSTRAINT ck_excuse_reason_in_order CHECK "
        "(effective_to IS NULL OR effective_from IS NULL OR effective_from <= effective_to)"
    )
    op.add_column("excuse_reason", sa.Column("source", sa.Text(), nullable=False, server_default=""))
    op.execute(f"UPDATE excuse_reason SET source = '{REASONS_OF_THE_RULE}'")


def _passkeys():
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(1023), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("sign_count >= 0", name=op.f("ck_passkey_count")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_passkey_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("public_id", name=op.f("uq_passkey_public_id")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index(op.f("ix_passkey_account_id"), "passkey", ["account_id"])
    op.create_table(
        "passkey_challenge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sign_in_id", sa.Integer(), nullable=False),
        sa.Column("ceremony", coded("ceremony", CEREMONIES), nullable=False),
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sign_in_id"], ["sign_in.id"], name=op.f("fk_passkey_challenge_sign_in_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey_challenge")),
        sa.UniqueConstraint("sign_in_id", name=op.f("uq_passkey_challenge_sign_in_id")),
    )


def _record_checks():
    op.create_table(
        "record_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.Column("teacher_id", sa.Integer(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("paper", sa.String(80), nullable=False),
        sa.Column("seen_by", sa.String(64), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("paper <> ''", name=op.f("ck_record_check_names_the_paper")),
        sa.ForeignKeyConstraint(["teacher_id"], ["teacher.id"], name=op.f("fk_record_check_teacher_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_check")),
        sa.UniqueConstraint("public_id", name=op.f("uq_record_check_public_id")),
    )
    op.create_index(op.f("ix_record_check_teacher_id"), "record_check", ["teacher_id"])


def _close_signed_reviews():
    """Nothing is decided in a review once it is signed."""
    if _on_postgresql():
        op.execute(
            "CREATE FUNCTION refuse_after_signature() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN IF EXISTS (SELECT 1 FROM access_signature WHERE review_id = NEW.review_id) THEN "
            "RAISE EXCEPTION 'the review is signed' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
            "RETURN NEW; END $$"
        )
        op.execute(
            "CREATE TRIGGER access_decision_before_signature BEFORE INSERT ON access_decision "
            "FOR EACH ROW EXECUTE FUNCTION refuse_after_signature()"
        )
        return
    op.execute(
        "CREATE TRIGGER access_decision_before_signature BEFORE INSERT ON access_decision "
        "WHEN EXISTS (SELECT 1 FROM access_signature WHERE review_id = NEW.review_id) "
        "BEGIN SELECT RAISE(ABORT, 'the review is signed'); END"
    )


def _on_postgresql():
    return op.get_bind().dialect.name == "postgresql"
