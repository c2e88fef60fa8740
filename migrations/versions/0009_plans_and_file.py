"""The plan of one child, and what its file holds

The fields of learning, the scale and the levels of help are data that the
bureau may extend. Source: the bureau's form F08.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

DOMAINS = (
    ("sensory", "感知觉", "Senses"),
    ("gross_motor", "粗大动作", "Gross motor"),
    ("fine_motor", "精细动作", "Fine motor"),
    ("self_care", "生活自理", "Self-care"),
    ("daily_living", "生活适应", "Daily living"),
    ("communication", "语言与沟通", "Language and communication"),
    ("cognition", "认知", "Cognition"),
    ("social", "社会交往", "Social"),
    ("behaviour", "情绪行为", "Feelings and behaviour"),
    ("rehabilitation", "康复训练", "Rehabilitation"),
    ("family_guidance", "家长指导", "Guiding the family"),
)
STEPS = (
    (0, "还不会", "Not yet"),
    (1, "开始尝试", "Begins to try"),
    (2, "有时做到", "Sometimes"),
    (3, "多数做到", "Mostly"),
    (4, "稳定做到", "Reliably"),
)
PROMPTS = (
    ("independent", "独立", "On their own"),
    ("verbal", "口头", "Told"),
    ("gesture", "手势", "Shown by gesture"),
    ("partial", "部分肢体", "Partly guided by hand"),
    ("full", "全肢体", "Guided by hand throughout"),
)


def upgrade():
    op.create_table(
        "learning_domain",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name_zh", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_learning_domain")),
        sa.UniqueConstraint("name_zh", name=op.f("uq_learning_domain_name_zh")),
    )
    op.create_table(
        "prompt_level",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name_zh", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_prompt_level")),
    )
    op.create_table(
        "rating_step",
        sa.Column("score", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name_zh", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("score", name=op.f("pk_rating_step")),
    )
    op.create_table(
        "file_item",
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.String(length=64), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_out_by", sa.String(length=64), nullable=True),
        sa.Column("taken_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.CheckConstraint("(taken_out_by IS NULL) = (taken_out_at IS NULL)", name=op.f("ck_file_item_taken_out")),
        sa.CheckConstraint("valid_to IS NULL OR dated_on <= valid_to", name=op.f("ck_file_item_in_order")),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_file_item_child_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_item")),
        sa.UniqueConstraint("public_id", name=op.f("uq_file_item_public_id")),
    )
    op.create_index(op.f("ix_file_item_child_id"), "file_item", ["child_id"], unique=False)
    op.create_table(
        "lesson_plan",
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("taught_on", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("key_points", sa.Text(), nullable=False),
        sa.Column("aids", sa.Text(), nullable=False),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("home_practice", sa.Text(), nullable=False),
        sa.Column("written_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_lesson_plan_child_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_plan")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lesson_plan_public_id")),
    )
    op.create_index(op.f("ix_lesson_plan_child_id_taught_on"), "lesson_plan", ["child_id", "taught_on"], unique=False)
    op.create_table(
        "plan",
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "submitted",
                "approved",
                "acknowledged",
                "reviewed",
                "discarded",
                name="planstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("term", sa.String(length=80), nullable=False),
        sa.Column("team_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("meeting_notes_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.CheckConstraint("effective_to IS NOT NULL AND effective_from <= effective_to", name=op.f("ck_plan_closed")),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_plan_child_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("child_id", "version", name=op.f("uq_plan_child_id_version")),
        sa.UniqueConstraint("public_id", name=op.f("uq_plan_public_id")),
    )
    op.create_index(op.f("ix_plan_child_id"), "plan", ["child_id"], unique=False)
    op.create_index(
        "uq_plan_open",
        "plan",
        ["child_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('draft', 'submitted')"),
        postgresql_where=sa.text("status IN ('draft', 'submitted')"),
    )
    op.create_table(
        "plan_baseline",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("domain", sa.String(length=32), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["domain"], ["learning_domain.code"], name=op.f("fk_plan_baseline_domain")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_baseline_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_baseline")),
        sa.UniqueConstraint("plan_id", "domain", name=op.f("uq_plan_baseline_plan_id_domain")),
        sa.UniqueConstraint("public_id", name=op.f("uq_plan_baseline_public_id")),
    )
    op.create_table(
        "plan_goal",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("long_goal_id", sa.Integer(), nullable=True),
        sa.Column("line", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("domain", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "not_started",
                "ongoing",
                "reached",
                "partly_reached",
                "not_reached",
                "adjusted",
                name="goalstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("strategy", sa.Text(), nullable=False),
        sa.Column("aids", sa.Text(), nullable=False),
        sa.Column("family_practice", sa.Text(), nullable=False),
        sa.Column("responsible", sa.String(length=80), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.CheckConstraint(
            "starts_on IS NULL OR ends_on IS NULL OR starts_on <= ends_on", name=op.f("ck_plan_goal_dates")
        ),
        sa.ForeignKeyConstraint(["domain"], ["learning_domain.code"], name=op.f("fk_plan_goal_domain")),
        sa.ForeignKeyConstraint(["long_goal_id"], ["plan_goal.id"], name=op.f("fk_plan_goal_long_goal_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_goal_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_goal")),
        sa.UniqueConstraint("plan_id", "line", name=op.f("uq_plan_goal_plan_id_line")),
        sa.UniqueConstraint("public_id", name=op.f("uq_plan_goal_public_id")),
    )
    op.create_index(op.f("ix_plan_goal_line"), "plan_goal", ["line"], unique=False)
    op.create_index(op.f("ix_plan_goal_long_goal_id"), "plan_goal", ["long_goal_id"], unique=False)
    op.create_index(op.f("ix_plan_goal_plan_id"), "plan_goal", ["plan_id"], unique=False)
    op.create_table(
        "plan_service",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("domain", sa.String(length=32), nullable=False),
        sa.Column("minutes_per_week", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=80), nullable=False),
        sa.CheckConstraint("minutes_per_week > 0", name=op.f("ck_plan_service_minutes")),
        sa.ForeignKeyConstraint(["domain"], ["learning_domain.code"], name=op.f("fk_plan_service_domain")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_service_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_service")),
        sa.UniqueConstraint("plan_id", "domain", name=op.f("uq_plan_service_plan_id_domain")),
    )
    op.create_table(
        "plan_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "write",
                "submit",
                "advise",
                "send_back",
                "approve",
                "acknowledge",
                "review",
                "discard",
                name="planaction",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("comment_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("guardian_id", sa.Integer(), nullable=True),
        sa.Column(
            "route",
            sa.Enum("online", "paper", name="route", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(["guardian_id"], ["guardian.id"], name=op.f("fk_plan_step_guardian_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_step_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_step")),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.UniqueConstraint("public_id", name=op.f("uq_plan_step_public_id")),
    )
    op.create_index(op.f("ix_plan_step_plan_id"), "plan_step", ["plan_id"], unique=False)
    op.create_table(
        "lesson_goal",
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["goal_id"], ["plan_goal.id"], name=op.f("fk_lesson_goal_goal_id")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson_plan.id"], name=op.f("fk_lesson_goal_lesson_id")),
        sa.PrimaryKeyConstraint("lesson_id", "goal_id", name=op.f("pk_lesson_goal")),
    )
    op.create_index(op.f("ix_lesson_goal_goal_id"), "lesson_goal", ["goal_id"], unique=False)
    fill("learning_domain", ("code", "name_zh", "name_en"), DOMAINS, "position")
    fill("prompt_level", ("code", "name_zh", "name_en"), PROMPTS, "position")
    fill("rating_step", ("score", "name_zh", "name_en"), STEPS)


def downgrade():
    op.drop_index(op.f("ix_lesson_goal_goal_id"), table_name="lesson_goal")
    op.drop_table("lesson_goal")
    op.drop_index(op.f("ix_plan_step_plan_id"), table_name="plan_step")
    op.drop_table("plan_step")
    op.drop_table("plan_service")
    op.drop_index(op.f("ix_plan_goal_plan_id"), table_name="plan_goal")
    op.drop_index(op.f("ix_plan_goal_long_goal_id"), table_name="plan_goal")
    op.drop_index(op.f("ix_plan_goal_line"), table_name="plan_goal")
    op.drop_table("plan_goal")
    op.drop_table("plan_baseline")
    op.drop_index(
        "uq_plan_open",
        table_name="plan",
        sqlite_where=sa.text("status IN ('draft', 'submitted')"),
        postgresql_where=sa.text("status IN ('draft', 'submitted')"),
    )
    op.drop_index(op.f("ix_plan_child_id"), table_name="plan")
    op.drop_table("plan")
    op.drop_index(op.f("ix_lesson_plan_child_id_taught_on"), table_name="lesson_plan")
    op.drop_table("lesson_plan")
    op.drop_index(op.f("ix_file_item_child_id"), table_name="file_item")
    op.drop_table("file_item")
    op.drop_table("rating_step")
    op.drop_table("prompt_level")
    op.drop_table("learning_domain")


def fill(name, columns, rows, counted=""):
    """Put the data in, numbered in the order given where a column counts."""
    counting = [counted] if counted else []
    table = sa.table(name, *map(sa.column, (*columns, *counting)))
    op.bulk_insert(
        table,
        [dict(zip(columns, row, strict=True)) | dict.fromkeys(counting, place) for place, row in enumerate(rows)],
    )
