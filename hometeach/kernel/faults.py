"""What is the matter with the database, in words that say what to do, and without a word of the statement?"""

from sqlalchemy.exc import DatabaseError

#: (what either engine says, what it means to whoever runs a command); the first that is found is told.
MEANINGS = (
    (
        ("no such table", "no such column", "UndefinedTable", "UndefinedColumn"),
        "The database lacks tables, or has those of another version. Run `flask db upgrade`, then try again.",
    ),
    (("locked", "LockNotAvailable"), "Another program is writing to the database. Try again in a minute."),
    (("DeadlockDetected",), "Two programs stood in each other's way in the database. Try again."),
    (("disk is full", "DiskFull"), "The disk of the database is full."),
    (
        ("unable to open", "not a database", "ConnectionTimeout", "connection", "server closed"),
        "The database cannot be used ({said}). Look at DATABASE_URL, and whether its server is there.",
    ),
)


def about_database(error: DatabaseError) -> str:
    """What an error of the database means; empty where it is none that is known."""
    lines = str(error.orig).splitlines() or [""]
    said = f"{type(error.orig).__name__}: {lines[0]}"
    return next((told.format(said=said) for signs, told in MEANINGS if any(sign in said for sign in signs)), "")
