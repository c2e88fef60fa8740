"""The words of a notice that a bureau may begin with: our own draft, to be looked through by its lawyer."""

import tomllib
from pathlib import Path

PROPOSED = Path(__file__).with_name("default.toml")


def proposed() -> dict[str, str]:
    """``text``, ``child_rules`` and one text for each purpose."""
    words: dict[str, str] = tomllib.loads(PROPOSED.read_text(encoding="utf-8"))
    return {name: text.strip() for name, text in words.items()}
