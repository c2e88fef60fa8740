"""Is a certificate proved good at a moment, by what is at hand and without asking anybody?

Every certificate of its chain but the root needs a word of its issuer that was
in force at that moment. A chain that does not end in a believed root, or a
certificate that is a root itself, is never proved: nobody could revoke it.

Source: RFC 5280, 6.3; RFC 6960.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from asn1crypto import crl, ocsp
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathError, RevokedError, ValidationError

from hometeach.agreements.sealing import making
from hometeach.agreements.sealing.chains import is_root
from hometeach.agreements.sealing.foreign import BROKEN
from hometeach.agreements.sealing.keys import Certificate
from hometeach.agreements.sealing.material import Material
from hometeach.agreements.sealing.rules import APART


class Unproved(Exception):  # noqa: N818 - a state of the certificate
    """What is at hand does not prove it good; the message says why, in a few words."""


class Revoked(Unproved):
    """Its issuer says that it was revoked."""


def prove(own: Certificate, material: Material, roots: Sequence[Certificate], moment: datetime) -> None:
    """See that a certificate was good at a moment, each step up by what its issuer said.

    Raises: Revoked, Unproved.
    """
    if not roots or is_root(own):
        raise Unproved("its chain does not end in a root")
    try:
        context = ValidationContext(
            trust_roots=list(roots),
            other_certs=list(material.certificates),
            moment=moment,
            ocsps=[ocsp.OCSPResponse.load(one, strict=True) for one in material.answers],
            crls=[crl.CertificateList.load(one, strict=True) for one in material.lists],
            revocation_mode="require",
            time_tolerance=APART,
        )
        validator = CertificateValidator(own, validation_context=context)
        making.in_a_thread(asyncio.run, validator.async_validate_path())
    except RevokedError as revoked:
        raise Revoked("it was revoked") from revoked
    except (PathError, ValidationError) as unproved:
        raise Unproved(type(unproved).__name__) from unproved
    except BROKEN as broken:
        raise Unproved("it cannot be read") from broken
