"""A device that keeps a passkey, in software: what it signs is checked by the library like a real one's."""

import hashlib
import json
from dataclasses import dataclass, field
from secrets import token_bytes
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

PRESENT, VERIFIED, HAS_KEY = 0x01, 0x04, 0x40


@dataclass
class Device:
    """One key for one site; ``counter`` is what it says of how often it has signed."""

    origin: str
    counter: int = 0
    credential_id: bytes = field(default_factory=lambda: token_bytes(16))
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: str, *, lacking: int = 0, vouched_by: bytes = b"") -> str:
        """The answer to being asked for a new key.

        ``lacking``: which part of the key it leaves out. ``vouched_by``: the certificate of a maker, DER.
        """
        asked = json.loads(options)
        point = self.key.public_key().public_numbers()
        parts = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)}
        cose = cbor2.dumps({name: part for name, part in parts.items() if name != lacking})
        identity = bytes(16) + len(self.credential_id).to_bytes(2) + self.credential_id + cose
        data = self._said(asked["rp"]["id"], HAS_KEY) + identity
        vouched = {"alg": -7, "sig": b"s", "x5c": [vouched_by]} if vouched_by else {}
        attestation = cbor2.dumps({"fmt": "packed" if vouched else "none", "attStmt": vouched, "authData": data})
        return self._answer(
            clientDataJSON=self._client("webauthn.create", asked["challenge"]), attestationObject=attestation
        )

    def give(self, options: str) -> str:
        """The answer to being asked for the key."""
        asked = json.loads(options)
        self.counter += 1
        data, client = self._said(asked["rpId"]), self._client("webauthn.get", asked["challenge"])
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signature)

    def _said(self, rp_id: str, flags: int = 0) -> bytes:
        present = (PRESENT | VERIFIED | flags).to_bytes(1)
        return hashlib.sha256(rp_id.encode()).digest() + present + self.counter.to_bytes(4)

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, **parts: bytes) -> str:
        name = bytes_to_base64url(self.credential_id)
        response = {part: bytes_to_base64url(value) for part, value in parts.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})


def challenge_of(options: str) -> bytes:
    """What the options ask to be signed."""
    return base64url_to_bytes(json.loads(options)["challenge"])
