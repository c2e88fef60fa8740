"""What stands in a document, as a tool reads it that is not ours."""

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory


def text_of(document: bytes) -> str:
    """The text layer, by ``pdftotext``."""
    return told_by("pdftotext", "-layout", "{file}", "-", document=document)


def told_by(*command: str, document: bytes) -> str:
    """What a command says of a document, whose path stands for ``{file}``."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "document.pdf"
        file.write_bytes(document)
        asked = [part.replace("{file}", str(file)) for part in command]
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout
