"""Does every template compile, with every filter it names, and does none carry script or style of its own?

The pages are served with a Content-Security-Policy that refuses inline script
and style; what slips in would be seen only as a page that looks broken.
"""

import re
import sys

import jinja2

import config
from hometeach.app import create_app

#: What is printed by WeasyPrint or sent as a message is never served as a page.
NOT_SERVED = ("documents/", "messages/")
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style\b|\sstyle\s*=\s*[\"'{]|\son[a-z]+\s*=\s*[\"'{]|javascript:", re.I)


def complaints() -> list[str]:
    """What is wrong with the templates, a sentence each."""
    environment = create_app(config.Testing).jinja_env
    environment.undefined = jinja2.StrictUndefined
    said = []
    for name in environment.list_templates():
        source = (config.ROOT / "templates" / name).read_text(encoding="utf-8")
        said += _does_not_compile(environment, name, source)
        if not name.startswith(NOT_SERVED):
            said += [f"{name}: inline script or style: {found[0]!r}" for found in INLINE.finditer(source)]
    return said


def _does_not_compile(environment: jinja2.Environment, name: str, source: str) -> list[str]:
    try:
        environment.compile(source, name)
    except jinja2.TemplateError as error:
        return [f"{name}: {error}"]
    return []


if __name__ == "__main__":
    found = complaints()
    print("\n".join(found) if found else "every template compiles")
    sys.exit(bool(found))
