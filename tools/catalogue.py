"""Which words do people read, and is each of them said in Chinese?

English stands in the code as the message's name (msgid); Chinese, the first
language of the product, stands in ``translations/``. Nobody edits that file by
hand: lines come in by ``add``, so that two people can add at the same time and
a translation that lost a placeholder is refused at the door.

    .venv/bin/python -m tools.catalogue extract         list every message in use, in var/messages.pot
    .venv/bin/python -m tools.catalogue missing         print the messages without Chinese, to be filled in for ``add``
    .venv/bin/python -m tools.catalogue add FILE.tsv    take in lines of: English <tab> Chinese [<tab> English plural]
    .venv/bin/python -m tools.catalogue check           say what is untranslated, unused or broken
    .venv/bin/python -m tools.catalogue prune           drop what is no longer used
    .venv/bin/python -m tools.catalogue compile         write the .mo that the application reads

In a TSV file a line break is written ``\\n``, a tab ``\\t``, a backslash ``\\\\``;
lines that begin with ``#`` are remarks.
"""

import argparse
import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import write_po

from tools import words


def do_extract(_arguments: argparse.Namespace) -> int:
    """List every message in use, with its places."""
    found = words.extracted()
    target = words.ROOT / "var" / "messages.pot"
    target.parent.mkdir(exist_ok=True)
    with target.open("wb") as pot:
        write_po(pot, found, sort_output=True)
    print(f"{len(found)} messages in use: {target.relative_to(words.ROOT)}")
    return 0


def do_missing(_arguments: argparse.Namespace) -> int:
    """Print the messages without Chinese, with their places."""
    for message in words.untranslated(words.extracted(), words.read()):
        print(f"# {words.places(message)}\n{words.escaped(words.english_of(message))}\t")
    return 0


def do_add(arguments: argparse.Namespace) -> int:
    """Take the lines of a file in."""
    lines = words.parsed(arguments.file.read_text(encoding="utf-8"))
    added, changed = words.add(lines)
    for change in changed:
        print(f"changed {change}")
    print(f"{len(added)} added, {len(changed)} changed, {len(lines) - len(added) - len(changed)} as they were")
    return 0


def do_check(_arguments: argparse.Namespace) -> int:
    """Say what keeps the catalogue from being complete and exact."""
    found = words.complaints()
    if found:
        raise words.CatalogueRefused(
            "\n".join([*found, f"{len(found)} complaints: see the head of tools/catalogue.py"])
        )
    print(f"catalogue complete: {len(words.read())} messages")
    return 0


def do_prune(_arguments: argparse.Namespace) -> int:
    """Drop what is no longer used."""
    used = words.extracted()
    with words.locked():
        kept = words.read()
        unused = words.unused(used, kept)
        for english in unused:
            kept.delete(english)
            print(f"dropped {english!r}")
        words.write(kept)
    print(f"{len(unused)} dropped, {len(kept)} kept")
    return 0


def do_compile(_arguments: argparse.Namespace) -> int:
    """Write the .mo, in one step."""
    with words.locked():
        compiled = words.po_file().with_suffix(".mo")
        half_done = compiled.with_suffix(".mo.new")
        with half_done.open("wb") as target:
            write_mo(target, words.read())
        half_done.replace(compiled)
    print(f"compiled {compiled.relative_to(words.ROOT)}")
    return 0


COMMANDS = {
    "extract": do_extract,
    "missing": do_missing,
    "add": do_add,
    "check": do_check,
    "prune": do_prune,
    "compile": do_compile,
}


def main(typed: list[str]) -> int:
    """Run one command; its exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in COMMANDS:
        command = commands.add_parser(name)
        if name == "add":
            command.add_argument("file", type=Path)
    arguments = parser.parse_args(typed)
    try:
        return COMMANDS[arguments.command](arguments)
    except words.CatalogueRefused as refusal:
        print(refusal, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
