"""How is a field kept so that a copied database tells nothing?

Each value is encrypted with AES-256-GCM under a key that is not in the
database, bound to its table, column and row: a ciphertext moved to another row
does not open. A blind index (keyed hash) lets a sealed value be found again
without opening any. Every envelope names its algorithm and key, so that keys
and algorithms can change row by row.
"""

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app

#: The envelope: algorithm, key, nonce, ciphertext. "1" is AES-256-GCM with a 96-bit nonce.
ALGORITHM = b"1"
NONCE_BYTES = 12
KEY_BYTES = 32
#: Where the field keys of before are given.
BEFORE = "HOMETEACH_FIELD_KEYS_BEFORE"


class SealBroken(ValueError):  # noqa: N818 - a state of the value
    """A sealed value does not open: wrong key, wrong row, or altered bytes."""


@dataclass(frozen=True)
class Keys:
    """The keys of a deployment, 32 bytes each. None of them is ever in the database."""

    secret: bytes
    field: bytes
    index: bytes
    audit: bytes
    #: Field keys of before: they open what they sealed, and seal nothing any more.
    earlier: tuple[bytes, ...] = ()

    @cached_property
    def field_key_id(self) -> bytes:
        """Eight hex digits that name the field key without telling it."""
        return _key_id(self.field)

    @cached_property
    def head(self) -> bytes:
        """What an envelope under the newest key begins with."""
        return ALGORITHM + self.field_key_id

    @cached_property
    def cipher(self) -> AESGCM:
        """The field cipher, made once."""
        return AESGCM(self.field)

    @cached_property
    def ciphers(self) -> dict[bytes, AESGCM]:
        """The cipher for each beginning of an envelope that can be opened."""
        return {ALGORITHM + _key_id(key): AESGCM(key) for key in self.earlier} | {self.head: self.cipher}


def load_keys(given: Mapping[str, str | None], key_file: Path | None, before: Sequence[str] = ()) -> Keys:
    """The deployment's keys: those given, else those of ``key_file``, made on first use.

    ``before`` are the field keys of before.

    Raises: SystemExit that names what is missing or malformed, and how to make it.
    """
    if not any(given.values()) and key_file is not None:
        given = _keys_of_file(key_file, list(given))
    missing = [name for name, value in given.items() if not value]
    if missing:
        raise SystemExit(
            f"Not started: {', '.join(missing)} not set. Each is 64 hex digits; make one with "
            "`python3 -c 'import secrets; print(secrets.token_hex(32))'` and keep it outside the database."
        )
    malformed = [name for name, value in given.items() if not _is_key(value or "")]
    malformed += [BEFORE for value in before if not _is_key(value)]
    if malformed:
        raise SystemExit(f"Not started: {', '.join(malformed)} must be 64 hex digits (32 bytes).")
    loaded = [bytes.fromhex(value or "") for value in given.values()]
    earlier = tuple(bytes.fromhex(value) for value in before)
    if len({*loaded, *earlier}) < len(loaded) + len(earlier):
        raise SystemExit("Not started: the keys must differ from each other.")
    secret, field, index, log = loaded
    return Keys(secret, field, index, log, earlier)


def keys() -> Keys:
    """The keys of the running application."""
    loaded: Keys = current_app.extensions["hometeach.keys"]
    return loaded


def seal(text: str, *, table: str, column: str, row: str) -> bytes:
    """Encrypt a value for its place. ``row`` is an identifier of the row that never changes."""
    return seal_bytes(text.encode(), table=table, column=column, row=row)


def unseal(envelope: bytes, *, table: str, column: str, row: str) -> str:
    """The value that was sealed for this place.

    Raises: SealBroken if it was sealed for another place, with another key, or altered.
    """
    return unseal_bytes(envelope, table=table, column=column, row=row).decode()


def seal_bytes(content: bytes, *, table: str, column: str, row: str) -> bytes:
    """Encrypt bytes for their place."""
    used = keys()
    nonce = os.urandom(NONCE_BYTES)
    return used.head + nonce + used.cipher.encrypt(nonce, content, _place(table, column, row))


def unseal_bytes(envelope: bytes, *, table: str, column: str, row: str) -> bytes:
    """The bytes that were sealed for this place.

    Raises: SealBroken if they were sealed for another place, with another key, or altered.
    """
    used = keys()
    head = len(used.head)
    cipher = used.ciphers.get(bytes(envelope[:head]))
    if cipher is None:
        raise SealBroken(f"{table}.{column}: sealed with a key or algorithm that is not loaded")
    nonce, body = envelope[head : head + NONCE_BYTES], envelope[head + NONCE_BYTES :]
    try:
        return cipher.decrypt(nonce, body, _place(table, column, row))
    except InvalidTag as broken:
        raise SealBroken(f"{table}.{column}: the value does not belong to this row or was altered") from broken


class Sealed:
    """A text attribute of a row that is kept encrypted in the column ``<name>_sealed``.

    Bound to the row's ``public_id``, which is therefore set first, once, for good.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        self.column = f"{name}_sealed"

    def __get__(self, row: Any, owner: type | None = None) -> Any:
        if row is None:
            return self
        envelope = getattr(row, self.column)
        return None if envelope is None else unseal(envelope, **self._place_in(row))

    def __set__(self, row: Any, text: str | None) -> None:
        setattr(row, self.column, None if text is None else seal(text, **self._place_in(row)))

    def _place_in(self, row: Any) -> dict[str, str]:
        return {"table": row.__tablename__, "column": self.column, "row": row.public_id}


def blind_index(text: str, *, purpose: str) -> bytes:
    """A keyed hash by which an equal value can be found, and nothing else."""
    return hmac.digest(keys().index, f"{purpose}\0{text}".encode(), "sha256")


def _place(table: str, column: str, row: str) -> bytes:
    return "\0".join((table, column, row)).encode()


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"field-key" + key).hexdigest()[:8].encode()


def _is_key(text: str) -> bool:
    try:
        return len(bytes.fromhex(text)) == KEY_BYTES
    except ValueError:
        return False


def _keys_of_file(path: Path, names: list[str]) -> Mapping[str, str | None]:
    """The keys in a file that only its owner can read; made whole, once, even by two at a time."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump({name: secrets.token_hex(KEY_BYTES) for name in names}, file, indent=1)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was first; its keys are the ones
        finally:
            draft.unlink()
    try:
        loaded = json.loads(path.read_text())
        return {name: loaded.get(name) for name in names}
    except (ValueError, AttributeError):
        raise SystemExit(f"Not started: {path} holds no keys that can be read. Put the file back.") from None
