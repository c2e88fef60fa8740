"""Second factors"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

FLAGS = ("waits_for_code", "with_code")


def upgrade():
    for flag in FLAGS:
        op.add_column("sign_in", sa.Column(flag, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "second_factor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True)),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_second_factor_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factor")),
        sa.UniqueConstraint("public_id", name=op.f("uq_second_factor_public_id")),
        sa.UniqueConstraint("account_id", name=op.f("uq_second_factor_account_id")),
    )


def downgrade():
    op.drop_table("second_factor")
    for flag in reversed(FLAGS):
        op.drop_column("sign_in", flag)
