"""Who says what time it is? An RFC 3161 authority that the bureau believes, never our own clock.

The authorities are asked in their order, each for a few seconds; every one that
fails is told with what it said.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asn1crypto import algos, tsp

from hometeach.agreements.sealing.fetching import NotAnswered, answer_of, host_of
from hometeach.agreements.sealing.foreign import BROKEN
from hometeach.agreements.sealing.keys import AUTHORITIES, Certificate, believe, folder_of, read_chain
from hometeach.agreements.sealing.tokens import TokenRefused, time_in

#: Longer than this no answer is read, in bytes.
LONGEST_ANSWER = 32_768


@dataclass(frozen=True)
class Authority:
    """One authority: where it is asked, and the certificates by which its answers are believed."""

    url: str
    certificates: tuple[Certificate, ...]

    @property
    def name(self) -> str:
        """Its host, as it is told on pages."""
        return host_of(self.url)


@dataclass(frozen=True)
class Failure:
    """What one authority came to, in words."""

    authority: str
    told: str


class NoTimestamp(Exception):  # noqa: N818 - a state of the world
    """This authority gave none; the message says why."""


def configured(settings: Mapping[str, Any]) -> list[Authority]:
    """The authorities of a deployment, in the order in which they are asked; what they sign is believed from now on.

    Raises: KeyUnusable where a certificate cannot be read.
    """
    found = []
    for url, path in settings["TIMESTAMP_AUTHORITIES"]:
        authority = Authority(url, read_chain(Path(path)))
        for one in authority.certificates:
            believe(folder_of(settings) / AUTHORITIES, (one,))
        found.append(authority)
    return found


def first_timestamp(
    authorities: list[Authority], imprint: bytes, *, seconds: float
) -> tuple[bytes | None, str, list[Failure]]:
    """A token of the first authority that gives one, its name, and what those before it came to."""
    failures: list[Failure] = []
    for authority in authorities:
        try:
            return ask(authority, imprint, seconds=seconds), authority.name, failures
        except NoTimestamp as none:
            failures.append(Failure(authority.name, str(none)))
    return None, "", failures


def ask(authority: Authority, imprint: bytes, *, seconds: float) -> bytes:
    """The authority's token for a SHA-256 imprint, checked.

    Raises: NoTimestamp.
    """
    nonce = secrets.randbits(63) | 1 << 62
    request = tsp.TimeStampReq(
        {
            "version": 1,
            "message_imprint": {
                "hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
                "hashed_message": imprint,
            },
            "nonce": nonce,
            "cert_req": True,
        }
    )
    token, given = _token_in(_answer(authority.url, request.dump(), seconds))
    if given != nonce:
        raise NoTimestamp("the answer is to another question")
    try:
        time_in(token, imprint, authority.certificates)
    except TokenRefused as refused:
        raise NoTimestamp(f"the timestamp does not hold: {refused}") from refused
    return token


def _answer(url: str, question: bytes, seconds: float) -> bytes:
    try:
        return answer_of(
            url, seconds=seconds, longest=LONGEST_ANSWER, question=question, kind="application/timestamp-query"
        )
    except NotAnswered as none:
        raise NoTimestamp(str(none)) from none


def _token_in(answer: bytes) -> tuple[bytes, int | None]:
    try:
        read = tsp.TimeStampResp.load(answer, strict=True)
        if read["status"]["status"].native not in ("granted", "granted_with_mods"):
            raise NoTimestamp("the authority refuses")
        token = read["time_stamp_token"]
        nonce: int | None = token["content"]["encap_content_info"]["content"].parsed["nonce"].native
        return token.dump(), nonce
    except NoTimestamp:
        raise
    except BROKEN as broken:
        raise NoTimestamp("the answer cannot be read") from broken
