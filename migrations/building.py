"""What revisions build again and again: a column of stable codes, and a table that is only ever added to.

Revisions that were released rest on these: what they say never changes, another way is another function.
"""

import sqlalchemy as sa
from alembic import op


def coded(name: str, codes: tuple[str, ...]) -> sa.Enum:
    """A column that holds one of the codes, checked by the database."""
    return sa.Enum(*codes, name=name, native_enum=False, create_constraint=True, length=32)


def append_only(table: str, verbs: tuple[str, ...] = ("update", "delete", "truncate")) -> None:
    """Have the database refuse these verbs on a table's rows; SQLite knows no truncation."""
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for verb in verbs if on_postgresql else (verb for verb in verbs if verb != "truncate"):
        refused = (
            f"FOR EACH {'STATEMENT' if verb == 'truncate' else 'ROW'} EXECUTE FUNCTION refuse_change()"
            if on_postgresql
            else f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
        op.execute(f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} {refused}")
