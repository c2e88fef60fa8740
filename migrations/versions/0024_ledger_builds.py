"""A name for each build of a child's ledger, under which what was made of it may be kept"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "ledger_build",
        sa.Column("child_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_ledger_build_child_id")),
        sa.PrimaryKeyConstraint("child_id", name=op.f("pk_ledger_build")),
    )


def downgrade():
    op.drop_table("ledger_build")
