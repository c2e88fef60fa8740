"""Who reported an absence, and who approved it"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade():
    # A column of a table that is there already: both engines take its check along, and drop it with the column.
    op.execute(
        "ALTER TABLE absence ADD COLUMN reported_as VARCHAR(32) CONSTRAINT ck_absence_reporter "
        "CHECK (reported_as IN ('teacher', 'school', 'guardian', 'bureau'))"
    )
    op.add_column("absence", sa.Column("reported_by", sa.String(length=64), nullable=True))
    op.add_column("absence", sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("absence", sa.Column("decided_by", sa.String(length=64), nullable=True))
    op.add_column("absence", sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("absence", sa.Column("refusal", sa.Text(), nullable=True))
    op.add_column("absence", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_absence_missed_on"), "absence", ["missed_on"], unique=False)


def downgrade():
    op.drop_index(op.f("ix_absence_missed_on"), table_name="absence")
    for column in ("withdrawn_at", "refusal", "decided_at", "decided_by", "reported_at", "reported_by", "reported_as"):
        op.drop_column("absence", column)
