"""What may the reading of bytes raise that somebody else made: a file, a token, an answer?"""

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

#: Of asn1crypto, of cryptography, and of our own code among values of a kind that it did not expect.
BROKEN = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    AssertionError,
    RecursionError,
    InvalidSignature,
    UnsupportedAlgorithm,
)
