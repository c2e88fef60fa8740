"""Seals of signed agreements"""

import sqlalchemy as sa
from alembic import op
from migrations.building import append_only, coded

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

GUARDED = ("seal_attempt",)


def upgrade():
    op.create_table(
        "seal",
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("earlier_document_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("level", coded("level", ("B-B", "B-T", "B-LT")), nullable=False),
        sa.Column("digest_algorithm", sa.String(length=32), nullable=False),
        sa.Column("signature_algorithm", sa.String(length=32), nullable=False),
        sa.Column("certificate_sha256", sa.String(length=64), nullable=False),
        sa.Column("timestamp_authority", sa.String(length=200), nullable=True),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["stored_file.id"], name=op.f("fk_seal_document_id")),
        sa.ForeignKeyConstraint(
            ["earlier_document_id"], ["stored_file.id"], name=op.f("fk_seal_earlier_document_id")
        ),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_seal_offer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal")),
        sa.UniqueConstraint("code", name=op.f("uq_seal_code")),
        sa.UniqueConstraint("offer_id", name=op.f("uq_seal_offer_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_seal_public_id")),
        sa.UniqueConstraint("sha256", name=op.f("uq_seal_sha256")),
    )
    op.create_table(
        "seal_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("step", coded("step", ("render", "sign", "timestamp", "verify", "keep")), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_seal_attempt_offer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal_attempt")),
    )
    op.create_index(op.f("ix_seal_attempt_offer_id"), "seal_attempt", ["offer_id"])
    op.create_table(
        "seal_claim",
        sa.Column("offer_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_seal_claim_offer_id")),
        sa.PrimaryKeyConstraint("offer_id", name=op.f("pk_seal_claim")),
    )
    for table in GUARDED:
        append_only(table)


def downgrade():
    op.drop_table("seal_claim")
    op.drop_table("seal_attempt")
    op.drop_table("seal")
