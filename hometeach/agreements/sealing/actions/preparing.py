"""Before a seal at B-LT is made: what do the issuers say of the bureau's certificate, and of the authority's?

The file can hold that only if it is known before the signature is made. So the
authority is asked for a timestamp of nothing first, to see whose certificate it
signs with; what it gave last is remembered, so that this happens once.
"""

import secrets
from dataclasses import dataclass

from hometeach.agreements.sealing.actions.failing import StepFailed
from hometeach.agreements.sealing.actions.terms import Terms
from hometeach.agreements.sealing.chains import chain_of, is_root
from hometeach.agreements.sealing.keys import Certificate
from hometeach.agreements.sealing.material import Material
from hometeach.agreements.sealing.proving import Revoked, Unproved, prove
from hometeach.agreements.sealing.rules import Step
from hometeach.agreements.sealing.statuses import can_be_asked, gathered
from hometeach.agreements.sealing.timestamps import Authority, Failure, NoTimestamp, ask
from hometeach.agreements.sealing.tokens import certificates_in
from hometeach.kernel.clock import machine_now


@dataclass(frozen=True)
class Prepared:
    """With what a seal can be made now."""

    #: What proves the certificates of the bureau and of ``authority`` good; None where B-LT is not to be had.
    material: Material | None = None
    authority: Authority | None = None
    #: Those that give no timestamp now, or none that is worth anything.
    useless: tuple[Authority, ...] = ()
    failures: tuple[Failure, ...] = ()


def prepared(terms: Terms) -> Prepared:
    """Ask the issuers, and see whether what they say is enough.

    Raises: StepFailed if the bureau's own certificate was revoked.
    """
    chain = terms.key.chain
    if not terms.authorities or not can_be_asked(chain):
        return Prepared()
    own, failures = gathered(chain, seconds=terms.seconds)
    try:
        prove(chain[0], own, chain[-1:], machine_now())
    except Revoked as revoked:
        raise StepFailed(Step.SIGN, "the bureau's certificate was revoked by its issuer", tuple(failures)) from revoked
    except Unproved:
        return Prepared(failures=tuple(failures))
    return _with_authority(terms, own, failures)


def _with_authority(terms: Terms, own: Material, failures: list[Failure]) -> Prepared:
    useless = []
    for authority in terms.authorities:
        try:
            chain = _chain_of(authority, terms)
            if not can_be_asked(chain):
                continue
            theirs, failed = gathered(chain, seconds=terms.seconds)
            failures += failed
            roots = [one for one in authority.certificates if is_root(one)]
            prove(chain[0], theirs, roots, machine_now())
        except NoTimestamp as none:
            useless.append(authority)
            failures.append(Failure(authority.name, str(none)))
        except Revoked:
            useless.append(authority)
            failures.append(Failure(authority.name, "its certificate was revoked"))
        except Unproved:
            continue
        else:
            return Prepared(own + theirs, authority, tuple(useless), tuple(failures))
    return Prepared(useless=tuple(useless), failures=tuple(failures))


def _chain_of(authority: Authority, terms: Terms) -> tuple[Certificate, ...]:
    """The certificates of an authority, by the timestamp that it gave last, or gives now.

    Raises: NoTimestamp.
    """
    if authority.url not in terms.seen:
        terms.seen[authority.url] = ask(authority, secrets.token_bytes(32), seconds=terms.seconds)
    by, given = certificates_in(terms.seen[authority.url])
    return chain_of(by, [*given, *authority.certificates])
