"""The coded reasons for a missed lesson

Data that the bureau may extend. Source: the delivery rule, section 4.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

REASONS = (
    ("ill", "学生生病、住院", "Child ill or in hospital", "reduces"),
    ("family_away", "家庭外出", "Family away", "reduces"),
    ("refused", "家长拒绝当次", "Guardian declined this lesson", "reduces"),
    ("weather", "恶劣天气、道路中断", "Bad weather, road closed", "make_up"),
    ("closure", "疫情、停课", "Epidemic, school closed", "reduces"),
    ("school_event", "学校统一活动", "School event", "make_up"),
    ("teacher_leave", "教师请假", "Teacher on leave", "make_up"),
    ("other", "其他", "Other", "make_up"),
)


def upgrade():
    table = sa.table("excuse_reason", *map(sa.column, ("code", "name_zh", "name_en", "effect", "position")))
    op.bulk_insert(
        table,
        [
            {"code": code, "name_zh": zh, "name_en": en, "effect": effect, "position": position}
            for position, (code, zh, en, effect) in enumerate(REASONS)
        ],
    )


def downgrade():
    op.execute("DELETE FROM excuse_reason")
