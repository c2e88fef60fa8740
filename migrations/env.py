"""How Alembic reaches the database: through the application, in one transaction.

SQLite can change its schema inside a transaction as well as PostgreSQL can, if
the transaction is begun explicitly (``kernel/extensions.py`` does). So the
schema is the old one or the new one, and never something between.
"""

from alembic import context
from flask import current_app
from sqlalchemy import text

#: Who migrates waits for whoever does it already, and then finds it done; SQLite has one writer anyway.
MIGRATION_LOCK = 0x4D494752

database = current_app.extensions["migrate"].db


def run() -> None:
    with database.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            transactional_ddl=True,
            transaction_per_migration=False,
            compare_type=True,
        )
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            context.run_migrations()


run()
