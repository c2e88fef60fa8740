"""What do the issuers of a chain say of its certificates now? Asked at the addresses that stand in the certificates.

The short answer about one certificate (OCSP) is asked for first, then the list
of all that were revoked (CRL); each address for a few seconds, and every one
that fails is told.

Source: RFC 6960, RFC 5280 (4.2.1.13, 5).
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from asn1crypto import crl, ocsp

from hometeach.agreements.sealing.chains import is_root
from hometeach.agreements.sealing.fetching import NotAnswered, answer_of, host_of
from hometeach.agreements.sealing.foreign import BROKEN
from hometeach.agreements.sealing.keys import Certificate
from hometeach.agreements.sealing.material import Material
from hometeach.agreements.sealing.timestamps import Failure

#: Longer than this no answer, and no list, is taken into a file that a family keeps, in bytes.
LONGEST_ANSWER, LONGEST_LIST = 16_384, 131_072


def can_be_asked(chain: Sequence[Certificate]) -> bool:
    """Whether each certificate but the root says where its issuer is asked."""
    return len(chain) > 1 and is_root(chain[-1]) and all(_answers_at(one) or _lists_at(one) for one in chain[:-1])


def gathered(chain: Sequence[Certificate], *, seconds: float) -> tuple[Material, list[Failure]]:
    """What the issuers say, as far as they answer, with the chain itself; and what each address that failed came to."""
    material, failures = Material(tuple(chain)), []
    for one, issuer in pairwise(chain):
        said, failed = _said_of(one, issuer, seconds)
        material += said
        failures += failed
    return material, failures


def _said_of(one: Certificate, issuer: Certificate, seconds: float) -> tuple[Material, list[Failure]]:
    failures: list[Failure] = []
    for url in _answers_at(one):
        try:
            return Material(answers=(_answer(url, one, issuer, seconds),)), failures
        except NotAnswered as none:
            failures.append(_failure(url, none))
    for url in _lists_at(one):
        try:
            return Material(lists=(_list(url, issuer, seconds),)), failures
        except NotAnswered as none:
            failures.append(_failure(url, none))
    return Material(), failures


def _answer(url: str, one: Certificate, issuer: Certificate, seconds: float) -> bytes:
    named = {
        "hash_algorithm": {"algorithm": "sha1"},  # the one that every responder knows
        "issuer_name_hash": one.issuer.sha1,
        "issuer_key_hash": issuer.public_key.sha1,
        "serial_number": one.serial_number,
    }
    question = ocsp.OCSPRequest({"tbs_request": {"request_list": [{"req_cert": named}]}}).dump()
    content = answer_of(
        url, seconds=seconds, longest=LONGEST_ANSWER, question=question, kind="application/ocsp-request"
    )
    try:
        read = ocsp.OCSPResponse.load(content, strict=True)
        if read["response_status"].native != "successful":
            raise NotAnswered("the authority refuses")
        told = [one["cert_id"]["serial_number"].native for one in read.response_data["responses"]]
    except BROKEN as broken:
        raise NotAnswered("the answer cannot be read") from broken
    if told != [one.serial_number]:
        raise NotAnswered("the answer is to another question")
    return content


def _list(url: str, issuer: Certificate, seconds: float) -> bytes:
    content = answer_of(url, seconds=seconds, longest=LONGEST_LIST)
    try:
        is_its = crl.CertificateList.load(content, strict=True).issuer == issuer.subject
    except BROKEN as broken:
        raise NotAnswered("the list cannot be read") from broken
    if not is_its:
        raise NotAnswered("the list is of another issuer")
    return content


def _answers_at(certificate: Certificate) -> list[str]:
    return _web(lambda: certificate.ocsp_urls)


def _lists_at(certificate: Certificate) -> list[str]:
    return _web(lambda: [one.url for one in certificate.crl_distribution_points])


def _web(written: Callable[[], Iterable[str | None]]) -> list[str]:
    """Those that are asked by HTTP, of what can be read; a directory (LDAP) is not asked."""
    try:
        return [one for one in written() if one and host_of(one)]
    except BROKEN:
        return []


def _failure(url: str, none: NotAnswered) -> Failure:
    return Failure(host_of(url), f"revocation status: {none}")
