"""A file that a command writes is there whole, or what stood there before."""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click


@contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """A file to be written: a draft beside the place, which takes it once it is whole, with the old one's mode.

    A link, a device or a pipe is written to as it is, and a file in whose folder nothing can be made.
    Raises: ClickException with what stands there, where it cannot be written.
    """
    is_plain = path.is_file() and not path.is_symlink()
    as_it_is = path.is_symlink() or (path.exists() and not (is_plain and os.access(path.parent, os.W_OK)))
    try:
        if as_it_is:
            with path.open("wb") as file:
                yield file
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{secrets.token_hex(8)}.part")
        try:
            with draft.open("xb") as file:
                if is_plain:
                    draft.chmod(stat.S_IMODE(path.stat().st_mode))
                yield file
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        stands = "" if as_it_is else "; what stood there is unchanged" if is_plain else "; nothing stands there"
        raise click.ClickException(f"{path} could not be written ({error.strerror}){stands}") from error
