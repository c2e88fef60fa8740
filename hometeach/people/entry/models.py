"""Sign-ins that the server knows, and the attempts that it counts."""

from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, LargeBinary, bindparam, false, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hometeach.kernel.extensions import Model, db
from hometeach.kernel.sealing import Sealed
from hometeach.people.models import Account, Identified, RoleGrant


class SignInAttempt(Model):
    """A sign-in that failed, for throttling. Names and addresses only as keyed hashes; gone after the window."""

    __tablename__ = "sign_in_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Blind index of an account's name or of an address.
    key: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


class SignIn(Model):
    """A session on the server: the cookie holds a token, this row its hash. It ends at once when revoked."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    began_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    #: The password was right; it does not hold before the code of the second factor is given as well.
    waits_for_code: Mapped[bool] = mapped_column(default=False, server_default=false())
    with_code: Mapped[bool] = mapped_column(default=False, server_default=false())

    account: Mapped[Account] = relationship()


class SecondFactor(Identified, Model):
    """The secret that an account shares with an authenticator app. It asks for codes once it is confirmed."""

    __tablename__ = "second_factor"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), unique=True)
    #: Base32, as the app takes it.
    secret = Sealed()
    secret_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    confirmed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    #: The half-minute, counted since 1970, whose code was taken last: no code opens twice.
    last_step: Mapped[int] = mapped_column(default=0)


def factor_of(account_id: int) -> SecondFactor | None:
    """The second factor of an account, confirmed or not."""
    return db.session.scalar(select(SecondFactor).where(SecondFactor.account_id == account_id))


def last_sign_ins() -> dict[int, datetime]:
    """When each account last signed in, by its id."""
    statement = select(SignIn.account_id, func.max(SignIn.began_at).label("began_at")).group_by(SignIn.account_id)
    return {row.account_id: row.began_at for row in db.session.execute(statement)}


_SIGN_IN, _ACCOUNT, _GRANT = SignIn.__table__.c, Account.__table__.c, RoleGrant.__table__.c
#: Who holds a token that was not revoked, a row for each role granted. Built once, of plain columns: it runs on
#: every request.
BY_TOKEN = (
    select(
        _SIGN_IN.began_at,
        _ACCOUNT.id,
        _ACCOUNT.public_id,
        _ACCOUNT.name,
        _ACCOUNT.teacher_id,
        _SIGN_IN.with_code,
        _GRANT.role,
        _GRANT.unit_id,
        _GRANT.is_head,
        _GRANT.effective_from,
        _GRANT.effective_to,
    )
    .join(Account.__table__, _ACCOUNT.id == _SIGN_IN.account_id)
    .outerjoin(RoleGrant.__table__, _GRANT.account_id == _ACCOUNT.id)
    .where(
        _SIGN_IN.token_hash == bindparam("token_hash"),
        _SIGN_IN.revoked_at.is_(None),
        _SIGN_IN.waits_for_code.is_(False),
        _ACCOUNT.disabled_at.is_(None),
    )
    .order_by(_GRANT.id)
)
