"""Consents apart from the agreement, and the photos they allow"""

import sqlalchemy as sa
from alembic import op
from migrations.building import append_only, coded

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

GUARDED = ("privacy_notice", "notice_purpose", "consent")


def upgrade():
    op.create_table(
        "privacy_notice",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("child_rules", sa.Text(), nullable=False),
        sa.Column("published_by", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_notice")),
        sa.UniqueConstraint("public_id", name=op.f("uq_privacy_notice_public_id")),
        sa.UniqueConstraint("version", name=op.f("uq_privacy_notice_version")),
    )
    op.create_table(
        "notice_purpose",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column(
            "purpose",
            coded("purpose", ("photos", "visit_location", "publicity", "charities", "voice", "research")),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["privacy_notice.id"], name=op.f("fk_notice_purpose_notice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_purpose")),
        sa.UniqueConstraint("notice_id", "purpose", name=op.f("uq_notice_purpose_notice_id_purpose")),
    )
    op.create_index(op.f("ix_notice_purpose_notice_id"), "notice_purpose", ["notice_id"])
    op.create_table(
        "consent",
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("guardian_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("relation", sa.String(length=20), nullable=False),
        sa.Column(
            "purpose",
            coded("purpose", ("photos", "visit_location", "publicity", "charities", "voice", "research")),
            nullable=False,
        ),
        sa.Column("answer", coded("answer", ("given", "refused", "withdrawn")), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("route", coded("consentroute", ("own_phone", "paper", "in_person")), nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=True),
        sa.Column("paper_id", sa.Integer(), nullable=True),
        sa.Column("child_was_asked", sa.Boolean(), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.CheckConstraint("(route = 'own_phone') = (recorded_by IS NULL)", name=op.f("ck_consent_recorded_by")),
        sa.CheckConstraint("(route = 'paper') = (paper_id IS NOT NULL)", name=op.f("ck_consent_paper")),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_consent_child_id")),
        sa.ForeignKeyConstraint(["guardian_id"], ["guardian.id"], name=op.f("fk_consent_guardian_id")),
        sa.ForeignKeyConstraint(["notice_id"], ["privacy_notice.id"], name=op.f("fk_consent_notice_id")),
        sa.ForeignKeyConstraint(["paper_id"], ["stored_file.id"], name=op.f("fk_consent_paper_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        sa.UniqueConstraint("public_id", name=op.f("uq_consent_public_id")),
    )
    op.create_index(op.f("ix_consent_child_id_purpose"), "consent", ["child_id", "purpose"])
    op.create_index(op.f("ix_consent_guardian_id"), "consent", ["guardian_id"])
    op.create_table(
        "visit_photo",
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("original_sha256", sa.String(length=64), nullable=False),
        sa.Column("kept_by", sa.String(length=64), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_by", sa.String(length=64), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.CheckConstraint("(removed_at IS NULL) = (removed_by IS NULL)", name=op.f("ck_visit_photo_removed")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_visit_photo_file_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_photo_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_photo")),
        sa.UniqueConstraint("public_id", name=op.f("uq_visit_photo_public_id")),
        sa.UniqueConstraint("visit_id", "original_sha256", name=op.f("uq_visit_photo_visit_id_original_sha256")),
    )
    for table in GUARDED:
        append_only(table)


def downgrade():
    op.drop_table("visit_photo")
    op.drop_table("consent")
    op.drop_table("notice_purpose")
    op.drop_table("privacy_notice")
