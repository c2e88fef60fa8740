"""What was somebody about to send when the sign-in ran out? It is kept, and offered when the same person is back."""

import hashlib
import json
import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import DateTime, ForeignKey, LargeBinary, Text, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from hometeach.kernel import sealing
from hometeach.kernel.clock import machine_now
from hometeach.kernel.extensions import Model, db
from hometeach.people.entry.models import SignIn
from hometeach.people.models import Account, Identified

KEPT_FOR = timedelta(hours=24)
#: What is never kept: what passwords are typed into, and what a page is known by.
SECRETS = frozenset({"password", "old", "again", "csrf_token"})
#: Fields that a page fills in for itself.
UNTYPED = frozenset({"once", "seen", "strokes", "capture", "answer", "device_at", "signer", "began", "do"})
#: How a choice comes back: a code of several words, or the random name of a row.
CHOSEN = re.compile(r"[a-z]+(?:_[a-z]+)+|(?=.*[A-Za-z])[\w-]{12}", re.ASCII)
Fields = Sequence[tuple[str, str]]


class InterruptedForm(Identified, Model):
    """A form that came after its sign-in had run out. One an account: the last."""

    __tablename__ = "interrupted_form"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), unique=True)
    #: A path of this site.
    path: Mapped[str] = mapped_column(Text)
    #: JSON of names and values.
    fields = sealing.Sealed()
    fields_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    @property
    def typed(self) -> Fields:
        """The fields as they were sent."""
        return [(name, value) for name, value in json.loads(self.fields)]


def keep_form(token: str, path: str, fields: Fields) -> bool:
    """Keep what was sent under a token that holds no more; False where nobody was ever signed in with it."""
    token_hash = hashlib.sha256(token.encode()).digest()
    theirs = select(Account.id).join(SignIn).where(SignIn.token_hash == token_hash)
    account_id = db.session.scalar(theirs.with_for_update(of=Account))  # of two forms at once, the second is the last
    if account_id is None:
        return False
    db.session.execute(delete(InterruptedForm).where(InterruptedForm.account_id == account_id))
    kept = InterruptedForm(account_id=account_id, path=path, at=machine_now())
    kept.fields = json.dumps(without_secrets(fields), ensure_ascii=False)
    db.session.add(kept)
    db.session.flush()
    return True


def interrupted_form(account_id: int) -> InterruptedForm | None:
    """What this account was about to send, if it is not too long ago."""
    return db.session.scalar(
        select(InterruptedForm).where(
            InterruptedForm.account_id == account_id, InterruptedForm.at > machine_now() - KEPT_FOR
        )
    )


def forget_interrupted_forms() -> int:
    """Delete what nobody came back for. Returns how many."""
    gone = db.session.scalars(
        delete(InterruptedForm).where(InterruptedForm.at < machine_now() - KEPT_FOR).returning(InterruptedForm.id)
    )
    return len(gone.all())


def without_secrets(fields: Fields) -> Fields:
    """What of a form may be kept, and shown again."""
    return [(name, value) for name, value in fields if name not in SECRETS]


def words_in(fields: Fields) -> list[str]:
    """What somebody typed, to be read and copied; not the codes and names of rows that choices stand for."""
    return [value for name, value in fields if value.strip() and name not in UNTYPED and not CHOSEN.fullmatch(value)]
