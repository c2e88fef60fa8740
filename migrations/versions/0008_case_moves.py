"""How a case moved, and what it needs"""

import sqlalchemy as sa
from alembic import op
from migrations.building import coded

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

STATES = (
    *("registered", "verifying", "assessing", "placement_pending", "placed_home", "placed_other"),
    *("agreement_pending", "refused", "planning", "active", "suspended", "review_due", "closing", "closed"),
)
EVENTS = (
    *("register", "begin_check", "record_home_check", "commission_assessment", "record_assessment"),
    *("record_opinion", "place_home", "place_elsewhere", "return_to_assessment", "raise_dispute"),
    *("record_second_opinion", "uphold_placement", "change_placement", "propose_agreement", "record_attempt"),
    *("record_refusal", "take_up_refusal", "adopt", "begin_planning", "activate", "ask_suspension", "suspend"),
    *("decline_suspension", "ask_return", "confirm_return", "call_review", "write_review", "sign_review"),
    *("continue_service", "reassess", "withdraw", "take_back", "ask_closing", "close", "reject_closing", "reopen"),
)
MOVERS = ("officer", "head", "coordinator", "teacher", "centre", "guardian", "system")
FORMS = (
    *("home", "special_school", "mainstream", "special_class", "distance", "welfare_institution"),
    *("rehabilitation", "deferred", "schooling_suspended"),
)
ROLLS = ("stays", "to_be_made", "moves")


def upgrade():
    op.add_column("case", sa.Column("moved", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "case_move",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("event", coded("event", EVENTS), nullable=False),
        sa.Column("source", coded("source", STATES)),
        sa.Column("target", coded("target", STATES), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("acted_as", coded("mover", MOVERS), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date()),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("receiving_unit", sa.String(80), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary()),
        sa.Column("file_id", sa.Integer()),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_case_move_number")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_move_case_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_case_move_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_move")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_case_move_case_id_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_case_move_public_id")),
    )
    op.create_index(op.f("ix_case_move_case_id"), "case_move", ["case_id"])
    op.create_table(
        "placement",
        sa.Column("move_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("decision_no", sa.String(80), nullable=False),
        sa.Column("form", coded("placementform", FORMS), nullable=False),
        sa.Column("school_id", sa.Integer()),
        sa.Column("roll", coded("rollhandling", ROLLS), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("review_on", sa.Date()),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_placement_case_id")),
        sa.ForeignKeyConstraint(["move_id"], ["case_move.id"], name=op.f("fk_placement_move_id")),
        sa.ForeignKeyConstraint(["school_id"], ["org_unit.id"], name=op.f("fk_placement_school_id")),
        sa.PrimaryKeyConstraint("move_id", name=op.f("pk_placement")),
    )
    op.create_index(op.f("ix_placement_case_id"), "placement", ["case_id"])
    _only_add()


def downgrade():
    for verb in _verbs():
        on_table = " ON case_move" if op.get_bind().dialect.name == "postgresql" else ""
        op.execute(f"DROP TRIGGER case_move_no_{verb}{on_table}")
    op.drop_table("placement")
    op.drop_table("case_move")
    op.drop_column("case", "moved")


def _verbs():
    return ("update", "delete", "truncate") if op.get_bind().dialect.name == "postgresql" else ("update", "delete")


def _only_add():
    """What happened to a case never changes; the function is that of the audit log."""
    for verb in _verbs():
        if op.get_bind().dialect.name == "postgresql":
            each = "STATEMENT" if verb == "truncate" else "ROW"
            then = f"FOR EACH {each} EXECUTE FUNCTION refuse_change()"
        else:
            then = "BEGIN SELECT RAISE(ABORT, 'case_move is append-only'); END"
        op.execute(f"CREATE TRIGGER case_move_no_{verb} BEFORE {verb.upper()} ON case_move {then}")
