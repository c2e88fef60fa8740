"""How is a row of the bureau's own lists called, in the reader's language?"""

from typing import Any

from flask_babel import get_locale


def named(row: Any) -> str:
    """The name of a row that has one in Chinese and one in English."""
    locale = get_locale()
    return str(row.name_en if locale is not None and locale.language == "en" else row.name_zh)
