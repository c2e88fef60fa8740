"""Templates of agreements, with the draft that the product comes with

The clauses are those of ``hometeach/agreements/templates/wording.toml``. The
draft is for the bureau to change and publish; what is published never changes.
"""

from datetime import date

import sqlalchemy as sa
from alembic import op
from migrations.building import coded

from hometeach.agreements.templates.default import default_wording
from hometeach.kernel.clock import machine_now
from hometeach.kernel.files import new_public_id

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


REFUSED = "a published wording never changes"
CLAUSE_OF_PUBLISHED = "SELECT 1 FROM agreement_template WHERE id = {row}.template_id AND state = 'published'"


def upgrade():
    op.add_column("org_unit", sa.Column("address", sa.String(length=200), nullable=True))
    op.add_column("org_unit", sa.Column("phone", sa.String(length=40), nullable=True))
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
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["template_id"], ["agreement_template.id"], name=op.f("fk_agreement_clause_template_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_clause")),
        sa.UniqueConstraint("public_id", name=op.f("uq_agreement_clause_public_id")),
        sa.UniqueConstraint("template_id", "position", name=op.f("uq_agreement_clause_template_id_position")),
    )
    op.create_index(op.f("ix_agreement_clause_template_id"), "agreement_clause", ["template_id"])
    _insert_the_draft()
    if op.get_bind().dialect.name == "postgresql":
        _guard_on_postgresql()
    else:
        _guard_on_sqlite()


def downgrade():
    op.drop_table("agreement_clause")
    op.drop_table("agreement_template")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_clause_of_published()")
    op.drop_column("org_unit", "phone")
    op.drop_column("org_unit", "address")


def _insert_the_draft():
    wording = default_wording()
    names = ("id", "public_id", "version", "title", "source", "state", "revision", "summary", "made_by")
    days = (sa.column("made_at", sa.DateTime(timezone=True)), sa.column("effective_from", sa.Date))
    draft = {
        "id": 1,
        "public_id": new_public_id(),
        "version": 1,
        "title": wording.title,
        "source": wording.source,
        "state": "draft",
        "revision": 0,
        "summary": wording.summary,
        "made_by": "system",
        "made_at": machine_now(),
        "effective_from": date(2026, 1, 1),
    }
    op.bulk_insert(sa.table("agreement_template", *map(sa.column, names), *days), [draft])
    columns = ("public_id", "template_id", "block", "position", "text", "revision")
    clauses = sa.table("agreement_clause", *map(sa.column, columns), sa.column("limits_rights", sa.Boolean))
    op.bulk_insert(
        clauses,
        [
            {
                "public_id": new_public_id(),
                "template_id": 1,
                "block": clause.block.value,
                "position": position,
                "text": clause.text,
                "revision": 0,
                "limits_rights": clause.limits_rights,
            }
            for position, clause in enumerate(wording.clauses, 1)
        ],
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SELECT setval(pg_get_serial_sequence('agreement_template', 'id'), 1)")


def _guard_on_sqlite():
    for verb in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER agreement_template_no_{verb} BEFORE {verb.upper()} ON agreement_template "
            f"WHEN OLD.state = 'published' BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
        )
    for verb, rows in (("insert", ("NEW",)), ("update", ("OLD", "NEW")), ("delete", ("OLD",))):
        published = " OR ".join(f"EXISTS ({CLAUSE_OF_PUBLISHED.format(row=row)})" for row in rows)
        op.execute(
            f"CREATE TRIGGER agreement_clause_no_{verb} BEFORE {verb.upper()} ON agreement_clause "
            f"WHEN {published} BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
        )


def _guard_on_postgresql():
    for verb in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER agreement_template_no_{verb} BEFORE {verb.upper()} ON agreement_template "
            "FOR EACH ROW WHEN (OLD.state = 'published') EXECUTE FUNCTION refuse_change()"
        )
    old, new = (CLAUSE_OF_PUBLISHED.format(row=row) for row in ("OLD", "NEW"))
    op.execute(
        "CREATE FUNCTION refuse_clause_of_published() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP <> 'INSERT' AND EXISTS ({old}) THEN RAISE EXCEPTION '{REFUSED}'; END IF; "
        f"IF TG_OP <> 'DELETE' AND EXISTS ({new}) THEN RAISE EXCEPTION '{REFUSED}'; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
    )
    for verb in ("insert", "update", "delete"):
        op.execute(
            f"CREATE TRIGGER agreement_clause_no_{verb} BEFORE {verb.upper()} ON agreement_clause "
            "FOR EACH ROW EXECUTE FUNCTION refuse_clause_of_published()"
        )
    for table in ("agreement_template", "agreement_clause"):
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
