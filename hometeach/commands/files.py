"""A file that a command writes is there whole, or what stood there before."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click


@contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """A file to be written: a draft beside the place, which takes it once it is whole.

    A device or a pipe is written to as it is.
    Raises: ClickException with what stands there, where it cannot be written.
    """
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as file:
                yield file
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{secrets.token_hex(8)}.part")
        try:
            with draft.open("xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        stands = "what stood there is unchanged" if path.is_file() else "nothing stands there"
        raise click.ClickException(f"{path} could not be written ({error.strerror}); {stands}") from error
