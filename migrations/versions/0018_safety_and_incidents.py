"""Safety notes and incidents, answers by telephone, and second reports of an absence"""

import sqlalchemy as sa
from alembic import op
from migrations.building import append_only, coded

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

STATES = ("open", "handled", "closed")
PARTIES = ("guardian", "school", "bureau", "police", "ambulance", "civil_affairs")
ENTRIES = ("follow_up", "notified", "state")
REPORTERS = ("teacher", "school", "guardian", "bureau")
#: What the database refuses of each table.
GUARDED = {
    "incident": ("delete", "truncate"),
    "incident_entry": ("update", "delete", "truncate"),
    "telephone_answer": ("update", "delete", "truncate"),
    "absence_report": ("update", "delete", "truncate"),
}


def upgrade():
    _safety()
    _incidents()
    _telephone()
    _absences()
    for table, verbs in GUARDED.items():
        append_only(table, verbs)


def downgrade():
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for table, verbs in GUARDED.items():
        for verb in verbs:
            if on_postgresql:
                op.execute(f"DROP TRIGGER {table}_no_{verb} ON {table}")
            elif verb != "truncate":
                op.execute(f"DROP TRIGGER {table}_no_{verb}")
    for table in ("absence_report", "telephone_answer", "incident_entry", "incident", "safety_note"):
        op.drop_table(table)


def _safety():
    op.create_table(
        "safety_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("written_by", sa.String(64), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.String(64), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_safety_note_version")),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_safety_note_child_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safety_note")),
        sa.UniqueConstraint("public_id", name=op.f("uq_safety_note_public_id")),
        sa.UniqueConstraint("child_id", "version", name=op.f("uq_safety_note_child_id_version")),
    )


def _incidents():
    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer()),
        sa.Column("school_id", sa.Integer()),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("happened_minute", sa.Integer()),
        sa.Column("harm_suspected", sa.Boolean(), nullable=False),
        sa.Column("written_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("reported_by", sa.String(64), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", coded("incidentstate", STATES), nullable=False),
        sa.CheckConstraint(
            "happened_minute IS NULL OR happened_minute BETWEEN 0 AND 1439", name=op.f("ck_incident_minute")
        ),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_incident_child_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_incident_visit_id")),
        sa.ForeignKeyConstraint(["school_id"], ["org_unit.id"], name=op.f("fk_incident_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint("public_id", name=op.f("uq_incident_public_id")),
    )
    for column in ("child_id", "visit_id", "school_id", "reported_by"):
        op.create_index(op.f(f"ix_incident_{column}"), "incident", [column])
    op.create_index(op.f("ix_incident_state_happened_on"), "incident", ["state", "happened_on"])
    op.create_table(
        "incident_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("kind", coded("entrykind", ENTRIES), nullable=False),
        sa.Column("party", coded("party", PARTIES)),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.Column("state", coded("incidentstate", STATES)),
        sa.Column("words_sealed", sa.LargeBinary()),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'notified') = (party IS NOT NULL AND told_at IS NOT NULL)", name=op.f("ck_incident_entry_notified")
        ),
        sa.CheckConstraint("(kind = 'state') = (state IS NOT NULL)", name=op.f("ck_incident_entry_state_of_move")),
        sa.CheckConstraint("kind = 'notified' OR words_sealed IS NOT NULL", name=op.f("ck_incident_entry_in_words")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_incident_entry_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_entry")),
        sa.UniqueConstraint("public_id", name=op.f("uq_incident_entry_public_id")),
    )
    op.create_index(op.f("ix_incident_entry_incident_id"), "incident_entry", ["incident_id"])


def _telephone():
    op.create_table(
        "telephone_answer",
        sa.Column("confirmation_id", sa.Integer(), nullable=False),
        sa.Column("taken_by", sa.String(64), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("relation", sa.String(20), nullable=False),
        sa.ForeignKeyConstraint(
            ["confirmation_id"], ["visit_confirmation.id"], name=op.f("fk_telephone_answer_confirmation_id")
        ),
        sa.PrimaryKeyConstraint("confirmation_id", name=op.f("pk_telephone_answer")),
    )


def _absences():
    op.create_table(
        "absence_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("absence_id", sa.Integer(), nullable=False),
        sa.Column("reason_code", sa.String(32), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("reported_as", coded("reporter", REPORTERS), nullable=False),
        sa.Column("reported_by", sa.String(64), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["absence_id"], ["absence.id"], name=op.f("fk_absence_report_absence_id")),
        sa.ForeignKeyConstraint(["reason_code"], ["excuse_reason.code"], name=op.f("fk_absence_report_reason_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence_report")),
    )
    op.create_index(op.f("ix_absence_report_absence_id"), "absence_report", ["absence_id"])
