"""What must hold of the times: the certificate was good when it was used, and the timestamp is of this signature."""

from hometeach.agreements.sealing.rules import APART
from hometeach.agreements.sealing.tokens import TokenRefused, time_in
from hometeach.agreements.sealing.verifying.reading import Reading, Refuse, must, understood


def check_validity(reading: Reading) -> None:
    """The certificate was good at the moment of the seal, which is not to come."""
    valid = reading.chain[0]["tbs_certificate"]["validity"]
    sealed_at = reading.stated.sealed_at
    must(sealed_at.tzinfo is not None, "statement")
    must(valid["not_before"].native <= sealed_at <= valid["not_after"].native, "expired")
    must(sealed_at <= reading.now + APART, "future")


def check_timestamp(reading: Reading) -> None:
    """A timestamp, where there is one, is by an authority that is believed, for this signature, and not earlier."""
    read = reading.container
    if read.token is None:
        return
    try:
        moment, authority = time_in(read.token, read.imprint, reading.trust.authorities)
    except TokenRefused as refused:
        raise Refuse("timestamp") from refused
    must(understood("timestamp", lambda: moment + APART >= reading.stated.sealed_at), "timestamp")
    must(moment <= reading.now + APART, "future")
    reading.timestamp, reading.authority = moment, authority
