"""Agreements made here, their signers and signatures"""

import sqlalchemy as sa
from alembic import op
from migrations.building import append_only, coded

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

GUARDED = ("signing_authority", "offer", "signer", "offer_event", "signature", "countersignature")


def upgrade():
    op.add_column("guardian", sa.Column("phone_checked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("guardian", sa.Column("phone_checked_by", sa.String(length=64), nullable=True))
    op.add_column("guardian", sa.Column("id_number_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("guardian", sa.Column("can_read", sa.Boolean(), nullable=True))
    op.create_table(
        "signing_authority",
        sa.Column("guardian_id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["guardian_id"], ["guardian.id"], name=op.f("fk_signing_authority_guardian_id")),
        sa.ForeignKeyConstraint(["paper_id"], ["stored_file.id"], name=op.f("fk_signing_authority_paper_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_authority")),
        sa.UniqueConstraint("public_id", name=op.f("uq_signing_authority_public_id")),
    )
    op.create_index(op.f("ix_signing_authority_guardian_id"), "signing_authority", ["guardian_id"])
    op.create_table(
        "offer",
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("facts_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("document_sha256", sa.String(length=64), nullable=False),
        sa.Column("who_signs", coded("whosigns", ("any_one", "all", "named")), nullable=False),
        sa.Column("who_signs_reason", sa.Text(), nullable=False),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.Column("drawn_up_by", sa.String(length=64), nullable=False),
        sa.Column("drawn_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.CheckConstraint("effective_to IS NOT NULL", name=op.f("ck_offer_has_an_end")),
        sa.CheckConstraint("effective_to IS NULL OR effective_from <= effective_to", name=op.f("ck_offer_in_order")),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_offer_child_id")),
        sa.ForeignKeyConstraint(["document_id"], ["stored_file.id"], name=op.f("fk_offer_document_id")),
        sa.ForeignKeyConstraint(["school_id"], ["org_unit.id"], name=op.f("fk_offer_school_id")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["agreement.id"], name=op.f("fk_offer_supersedes_id")),
        sa.ForeignKeyConstraint(["template_id"], ["agreement_template.id"], name=op.f("fk_offer_template_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
        sa.UniqueConstraint("document_sha256", name=op.f("uq_offer_document_sha256")),
        sa.UniqueConstraint("number", name=op.f("uq_offer_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_offer_public_id")),
    )
    op.create_index(op.f("ix_offer_child_id"), "offer", ["child_id"])
    op.create_index(op.f("ix_offer_school_id"), "offer", ["school_id"])
    op.create_table(
        "signer",
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("guardian_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("relation", sa.String(length=20), nullable=False),
        sa.Column("standing", coded("standing", ("guardian", "carer")), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["guardian_id"], ["guardian.id"], name=op.f("fk_signer_guardian_id")),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_signer_offer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signer")),
        sa.UniqueConstraint("offer_id", "guardian_id", name=op.f("uq_signer_offer_id_guardian_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_signer_public_id")),
    )
    op.create_index(op.f("ix_signer_guardian_id"), "signer", ["guardian_id"])
    op.create_index(op.f("ix_signer_offer_id"), "signer", ["offer_id"])
    op.create_table(
        "offer_event",
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("signer_id", sa.Integer(), nullable=True),
        sa.Column(
            "event",
            coded(
                "signingevent",
                (
                    "sent",
                    "opened",
                    "summary_read",
                    "clause_opened",
                    "talk_asked",
                    "signed",
                    "refused",
                    "followed_up",
                    "countersigned",
                    "recalled",
                    "withdrawn",
                    "taken_back",
                    "terminated",
                    "superseded",
                ),
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("detail_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_offer_event_offer_id")),
        sa.ForeignKeyConstraint(["signer_id"], ["signer.id"], name=op.f("fk_offer_event_signer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer_event")),
        sa.UniqueConstraint("public_id", name=op.f("uq_offer_event_public_id")),
    )
    op.create_index(op.f("ix_offer_event_offer_id_event"), "offer_event", ["offer_id", "event"])
    op.create_index(op.f("ix_offer_event_signer_id"), "offer_event", ["signer_id"])
    op.create_table(
        "signature",
        sa.Column("signer_id", sa.Integer(), nullable=False),
        sa.Column("route", coded("signingroute", ("paper", "phone", "in_person", "office")), nullable=False),
        sa.Column("method", coded("method", ("drawn", "typed", "paper", "fingerprint")), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document_sha256", sa.String(length=64), nullable=False),
        sa.Column("strokes_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("typed_name", sa.String(length=40), nullable=True),
        sa.Column("scan_id", sa.Integer(), nullable=True),
        sa.Column("proof_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("taken_by", sa.String(length=64), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.CheckConstraint("(method = 'drawn') = (strokes_sealed IS NOT NULL)", name=op.f("ck_signature_strokes")),
        sa.CheckConstraint("(method = 'typed') = (typed_name IS NOT NULL)", name=op.f("ck_signature_typed_name")),
        sa.CheckConstraint(
            "(method IN ('paper', 'fingerprint')) = (scan_id IS NOT NULL)", name=op.f("ck_signature_scan")
        ),
        sa.CheckConstraint("(route = 'phone') = (taken_by IS NULL)", name=op.f("ck_signature_taken_by")),
        sa.ForeignKeyConstraint(["scan_id"], ["stored_file.id"], name=op.f("fk_signature_scan_id")),
        sa.ForeignKeyConstraint(["signer_id"], ["signer.id"], name=op.f("fk_signature_signer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
        sa.UniqueConstraint("public_id", name=op.f("uq_signature_public_id")),
        sa.UniqueConstraint("signer_id", name=op.f("uq_signature_signer_id")),
    )
    op.create_table(
        "countersignature",
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("office", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document_sha256", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_countersignature_agreement_id")),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_countersignature_offer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_countersignature")),
        sa.UniqueConstraint("agreement_id", name=op.f("uq_countersignature_agreement_id")),
        sa.UniqueConstraint("offer_id", name=op.f("uq_countersignature_offer_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_countersignature_public_id")),
    )
    for table in GUARDED:
        append_only(table)


def downgrade():
    op.drop_table("countersignature")
    op.drop_table("signature")
    op.drop_table("offer_event")
    op.drop_table("signer")
    op.drop_table("offer")
    op.drop_table("signing_authority")
    for column in ("can_read", "id_number_sealed", "phone_checked_by", "phone_checked_at"):
        op.drop_column("guardian", column)
