"""Templates of agreements"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "agreement_template",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("state", coded("templatestate", ("draft", "published")), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(length=64), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(state = 'published') = (published_at IS NOT NULL)", name=op.f("ck_agreement_template_published")
        ),
        sa.CheckConstraint(
            "effective_to IS NULL OR effective_from <= effective_to", name=op.f("ck_agreement_template_in_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_template")),
        sa.UniqueConstraint("public_id", name=op.f("uq_agreement_template_public_id")),
        sa.UniqueConstraint("version", name=op.f("uq_agreement_template_version")),
    )
    op.create_table(
        "agreement_clause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column(
            "block",
            coded(
                "block",
                (
                    "parties",
                    "child_and_place",
                    "term",
                    "content",
                    "frequency",
                    "free_of_charge",
                    "school_duties",
                    "guardian_duties",
                    "changes",
                    "safety",
                    "personal_information",
                    "withdrawal",
                    "termination",
                    "electronic_form",
                    "dispute",
                    "signature",
                    "annexes",
                ),
            ),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("limits_rights", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["template_id"], ["agreement_template.id"], name=op.f("fk_agreement_clause_template_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_clause")),
        sa.UniqueConstraint("template_id", "position", name=op.f("uq_agreement_clause_template_id_position")),
    )
    op.create_index(op.f("ix_agreement_clause_template_id"), "agreement_clause", ["template_id"])


def downgrade():
    op.drop_table("agreement_clause")
    op.drop_table("agreement_template")


def coded(name, codes):
    return sa.Enum(*codes, name=name, native_enum=False, create_constraint=True, length=32)
