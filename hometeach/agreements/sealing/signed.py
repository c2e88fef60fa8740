"""Was something signed with the key of this certificate?"""

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from hometeach.agreements.sealing.keys import Certificate


def check_signed(by: Certificate, signature: bytes, over: bytes, digest: hashes.HashAlgorithm) -> None:
    """See that a signature over some bytes holds.

    Raises: InvalidSignature; UnsupportedAlgorithm where the key is of no kind that is accepted; ValueError where it
    cannot be read.
    """
    public = serialization.load_der_public_key(by.public_key.dump())
    if isinstance(public, rsa.RSAPublicKey):
        public.verify(signature, over, padding.PKCS1v15(), digest)
    elif isinstance(public, ec.EllipticCurvePublicKey):
        public.verify(signature, over, ec.ECDSA(digest))
    else:
        raise UnsupportedAlgorithm("neither RSA nor an elliptic curve")
