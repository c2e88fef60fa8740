"""Which version, and which clause of it, does an address name?"""

from sqlalchemy import select

from hometeach.agreements.templates.models import Clause, Template, template_of
from hometeach.agreements.templates.rules import TemplateState
from hometeach.kernel.errors import NotFound
from hometeach.kernel.extensions import db


def load_version(version: int) -> Template:
    """The version of this number.

    Raises: NotFound.
    """
    template = template_of(version) if version < 1_000_000 else None
    if template is None:
        raise NotFound
    return template


def load_draft(version: int) -> Template:
    """A version that may still be written.

    Raises: NotFound for one that is published: nothing of it can be asked for.
    """
    template = load_version(version)
    if template.state is TemplateState.PUBLISHED:
        raise NotFound
    return template


def load_clause(version: int, public_id: str) -> Clause:
    """A clause of a draft.

    Raises: NotFound.
    """
    template = load_draft(version)
    clause = db.session.scalar(select(Clause).where(Clause.template_id == template.id, Clause.public_id == public_id))
    if clause is None:
        raise NotFound
    return clause
