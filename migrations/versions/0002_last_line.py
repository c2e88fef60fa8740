"""The database holds the last line

What no column constraint can say: rows that are only ever added to, spans of
one child that never overlap, and planned sessions that never put a child or a
teacher in two places. Named, and compared with ``migrations/guards.txt``.
"""

import sqlalchemy as sa
from alembic import op
from hometeach.kernel.audit import initial_head  # the first head is keyed, so the key is needed here

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("audit_event", "access_log")
DAYS_OF_CHILD = ("serving_span", "responsible_span")
PLANNED_OF = ("child", "teacher")


def upgrade():
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    (_guard_postgresql if on_postgresql else _guard_sqlite)()
    head = sa.table(
        "audit_head",
        sa.column("id", sa.Integer),
        sa.column("length", sa.BigInteger),
        sa.column("mac", sa.LargeBinary),
        sa.column("seal", sa.LargeBinary),
    )
    op.bulk_insert(head, [initial_head()])


def downgrade():
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    op.execute("DELETE FROM audit_head")
    for table in APPEND_ONLY:
        for verb in ("update", "delete", *(["truncate"] if on_postgresql else [])):
            _drop_trigger(f"{table}_no_{verb}", table, on_postgresql)
    for table in DAYS_OF_CHILD:
        if on_postgresql:
            op.drop_constraint(f"ex_{table}_child_days", table)
        else:
            _drop_trigger(f"{table}_overlap_insert", table, False)
            _drop_trigger(f"{table}_overlap_update", table, False)
    for who in PLANNED_OF:
        if on_postgresql:
            op.drop_constraint(f"ex_occurrence_{who}_time", "occurrence")
        else:
            _drop_trigger(f"occurrence_{who}_insert", "occurrence", False)
            _drop_trigger(f"occurrence_{who}_update", "occurrence", False)
    if on_postgresql:
        op.execute("DROP FUNCTION refuse_change()")


def _drop_trigger(name, table, on_postgresql):
    op.execute(f"DROP TRIGGER {name} ON {table}" if on_postgresql else f"DROP TRIGGER {name}")


def _guard_postgresql():
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; "
        "END $$"
    )
    for table in APPEND_ONLY:
        for verb in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    for table in DAYS_OF_CHILD:
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT ex_{table}_child_days EXCLUDE USING gist "
            "(child_id WITH =, daterange(effective_from, effective_to, '[]') WITH &&)"
        )
    for who in PLANNED_OF:
        op.execute(
            f"ALTER TABLE occurrence ADD CONSTRAINT ex_occurrence_{who}_time EXCLUDE USING gist "
            f"({who}_id WITH =, planned_on WITH =, int4range(start_minute, end_minute) WITH &&) "
            "WHERE (state = 'planned')"
        )


def _guard_sqlite():
    for table in APPEND_ONLY:
        for verb in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    for table in DAYS_OF_CHILD:
        overlap = (
            f"SELECT 1 FROM {table} AS other WHERE other.child_id = NEW.child_id AND other.id IS NOT NEW.id "
            "AND other.effective_from <= COALESCE(NEW.effective_to, '9999-12-31') "
            "AND NEW.effective_from <= COALESCE(other.effective_to, '9999-12-31')"
        )
        _refuse_sqlite(table, f"{table}_overlap", overlap, f"ex_{table}_child_days")
    for who in PLANNED_OF:
        overlap = (
            f"SELECT 1 FROM occurrence AS other WHERE NEW.state = 'planned' AND other.state = 'planned' "
            f"AND other.{who}_id = NEW.{who}_id AND other.planned_on = NEW.planned_on AND other.id IS NOT NEW.id "
            "AND other.start_minute < NEW.end_minute AND NEW.start_minute < other.end_minute"
        )
        _refuse_sqlite("occurrence", f"occurrence_{who}", overlap, f"ex_occurrence_{who}_time")


def _refuse_sqlite(table, trigger, overlap, constraint):
    # AFTER, because NEW.id is not known before an INSERT; ABORT undoes the statement all the same.
    for verb in ("insert", "update"):
        op.execute(
            f"CREATE TRIGGER {trigger}_{verb} AFTER {verb.upper()} ON {table} WHEN EXISTS ({overlap}) "
            f"BEGIN SELECT RAISE(ABORT, '{constraint}'); END"
        )
