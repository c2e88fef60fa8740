"""From a certificate up to the root: who issued whom."""

from collections.abc import Sequence

from asn1crypto.x509 import Certificate


def is_root(certificate: Certificate) -> bool:
    """Whether it issued itself."""
    return bool(certificate.self_issued)


def chain_of(own: Certificate, known: Sequence[Certificate]) -> tuple[Certificate, ...]:
    """The chain from a certificate up, as far as its issuers are known; the root last."""
    chain = [own]
    while not is_root(chain[-1]):
        issuer = next((one for one in known if one.subject == chain[-1].issuer), None)
        if issuer is None or issuer.sha256 in {one.sha256 for one in chain}:
            break
        chain.append(issuer)
    return tuple(chain)
