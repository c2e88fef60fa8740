"""PostgreSQL databases that are lent to one test after the other, each as fresh as the copy that it began as.

To make a database and to take it away costs more than most tests do in theirs. So a session of its own remembers what
rows the copy began with, and puts them back in one call once a test is done with it. What else a test might have left
goes too: its sessions with their locks, and the whole database where a test changed more than rows.
"""

from collections import defaultdict

import sqlalchemy as sa

#: A database is made anew after so many tests: nobody sweeps up the rows that they leave dead.
LENT_AT_MOST = 200

#: Every table with the columns that can be written, and whether it may hold rows.
TABLES = """
    SELECT quote_ident(relname) AS name, pg_relation_size(oid) > 0 AS may_hold_rows,
        (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
            WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '') AS columns
    FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname"""

#: The call that brings each sequence to where it is now.
SEQUENCES = """
    SELECT concat('PERFORM setval(', quote_literal('public.' || quote_ident(sequencename)), ', ',
        coalesce(last_value, start_value), ', ', (last_value IS NOT NULL)::text, ');')
    FROM pg_sequences WHERE schemaname = 'public'"""

#: Whatever is created, altered or dropped from here on leaves a mark.
MARK = """
    CREATE SCHEMA lending;
    CREATE TABLE lending.changed (what text);
    CREATE FUNCTION lending.mark() RETURNS event_trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO lending.changed VALUES (tg_tag); END $$;
    CREATE EVENT TRIGGER mark ON ddl_command_end EXECUTE FUNCTION lending.mark()"""

#: The name of a session that may stay for the next test, if it waits idly and holds nothing: the catalogue that it has
#: read is half of what a test costs the server.
STAYS = "stays"

END_ALL_OTHER_SESSIONS = f"""
    SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
    AND NOT (application_name = '{STAYS}' AND state = 'idle' AND pid NOT IN (SELECT pid FROM pg_locks))"""


class Copy:
    """A copy of a template, and the session that makes it again what it was."""

    def __init__(self, name: str, url: str) -> None:
        self.name, self.url = name, url
        self.times = 0
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        self._session = engine.connect()
        self._remember()

    def _remember(self) -> None:
        run = self._session.exec_driver_sql
        put_back = []
        tables = run(TABLES).all()
        for name, may_hold_rows, columns in tables:
            if may_hold_rows:
                run(f"CREATE TEMPORARY TABLE {name} AS SELECT {columns} FROM public.{name}")
                kept = f"SELECT {columns} FROM pg_temp.{name}"
                put_back.append(f"INSERT INTO public.{name} ({columns}) OVERRIDING SYSTEM VALUE {kept};")
        steps = [*(f"DELETE FROM public.{name};" for name, *_ in tables), *put_back, *run(SEQUENCES).scalars()]
        run(f"CREATE FUNCTION pg_temp.begin_again() RETURNS void LANGUAGE plpgsql AS $$ BEGIN {' '.join(steps)} END $$")
        run("SET session_replication_role = replica")  # rows that are only ever added go as well
        run(MARK)

    def is_as_it_began(self) -> bool:
        """Put every row back, unless more than rows was changed; whether the next test may have it."""
        run = self._session.exec_driver_sql
        run(END_ALL_OTHER_SESSIONS)
        self.times += 1
        if self.times == LENT_AT_MOST or run("SELECT what FROM lending.changed").first():
            self._session.close()
            return False
        run("SELECT pg_temp.begin_again()")
        return True


#: For each template, the copies that no test has at the moment.
FREE: defaultdict[str, list[Copy]] = defaultdict(list)
