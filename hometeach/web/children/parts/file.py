"""What is in a child's file, and what is missing?"""

from collections.abc import Sequence

from sqlalchemy import select

from hometeach.cases.file.models import FileItem, papers_of
from hometeach.kernel.extensions import db
from hometeach.people.models import Child


def papers_in(child: Child) -> Sequence[FileItem]:
    """The papers that were entered by hand, the newest first."""
    return db.session.scalars(papers_of(select(Child.id).where(Child.id == child.id))).all()
