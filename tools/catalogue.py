"""Which words do people read, and is each of them said in Chinese?

English stands in the code as the message's name (msgid); Chinese, the first
language of the product, stands in ``translations/``. Nobody edits that file by
hand: lines come in by ``add``, so that two people can add at the same time and
a translation that lost a placeholder is refused at the door.

    .venv/bin/python tools/catalogue.py extract         list every message in use, in var/messages.pot
    .venv/bin/python tools/catalogue.py missing         print the messages without Chinese, to be filled in for ``add``
    .venv/bin/python tools/catalogue.py add FILE.tsv    take in lines of: English <tab> Chinese [<tab> English plural]
    .venv/bin/python tools/catalogue.py check           say what is untranslated, unused or broken
    .venv/bin/python tools/catalogue.py prune           drop what is no longer used
    .venv/bin/python tools/catalogue.py compile         write the .mo that the application reads

In a TSV file a line break is written ``\\n``, a tab ``\\t``, a backslash ``\\\\``;
lines that begin with ``#`` are remarks.
"""

import argparse
import fcntl
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = "zh_Hans_CN"
SOURCE_FOLDERS = ("hometeach", "templates")
KEYWORDS = DEFAULT_KEYWORDS | {"_l": None, "lazy_gettext": None, "lazy_ngettext": (1, 2)}
#: The head of the file. No dates, no names: they would make every two branches disagree.
HEAD = f"""# What each English message is in Chinese. Kept by tools/catalogue.py, which sorts it.
msgid ""
msgstr ""
"Language: {LOCALE}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""

PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]")
LONE_PERCENT = re.compile(r"(?<!%)(?:%%)*%(?![%(])")
HALF_WIDTH_MARK = re.compile(r"[\u4e00-\u9fff][,;:?!]|[,;:?!][\u4e00-\u9fff]")
UNTRIMMED = re.compile(r"^\s|\s$|\n[ \t]|[ \t]{2}")


class CatalogueRefused(Exception):  # noqa: N818 - named as the application names its own
    """What is wrong with the catalogue or with the lines to be added, a sentence each."""


class Line(NamedTuple):
    """One line of a TSV file: a message, what it is in Chinese, its English plural."""

    number: int
    english: str
    chinese: str
    plural: str | None


# --- what the code says ---


def extracted(root: Path = ROOT) -> Catalog:
    """Every message that the code and the templates use.

    Raises: jinja2.TemplateSyntaxError where a template cannot be read.
    """
    with (root / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)
    found = Catalog(charset="utf-8")
    messages = extract_from_dir(
        root, methods, options, keywords=KEYWORDS, directory_filter=lambda folder: _is_source(root, Path(folder))
    )
    for path, line, message, _comments, context in messages:
        found.add(message, None, [(path, line)], context=context)
    return found


def _is_source(root: Path, folder: Path) -> bool:
    top = folder.relative_to(root).parts[0]
    return top in SOURCE_FOLDERS and folder.name != "__pycache__"


# --- what the file holds ---


def po_file(root: Path = ROOT) -> Path:
    """Where the Chinese stands."""
    return root / "translations" / LOCALE / "LC_MESSAGES" / "messages.po"


@contextmanager
def locked(root: Path = ROOT) -> Iterator[None]:
    """Hold the catalogue's folder, so that one process at a time reads and writes it."""
    folder = po_file(root).parent
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def read(root: Path = ROOT) -> Catalog:
    """The catalogue as it stands; an empty one where there is none yet."""
    path = po_file(root)
    if not path.exists():
        return Catalog(locale=LOCALE, charset="utf-8")
    with path.open("rb") as stored:
        return read_po(stored, locale=LOCALE)


def write(catalogue: Catalog, root: Path = ROOT) -> None:
    """Put the catalogue in place of the old one, sorted by message, in one step."""
    path = po_file(root)
    half_done = path.with_suffix(".po.new")
    with half_done.open("wb") as target:
        target.write(HEAD.encode())
        write_po(target, catalogue, omit_header=True, sort_output=True, no_location=True, ignore_obsolete=True)
    half_done.replace(path)


# --- adding ---


def parsed(text: str) -> list[Line]:
    """The lines of a TSV file.

    Raises: CatalogueRefused naming every line that has not two or three fields.
    """
    lines, faults = [], []
    for number, raw in enumerate(text.splitlines(), start=1):
        if not raw.strip() or raw.startswith("#"):
            continue
        fields = [_unescaped(field.strip()) for field in raw.split("\t")]
        if len(fields) not in (2, 3) or not all(fields[:2]):
            faults.append(f"line {number}: write English <tab> Chinese [<tab> English plural]: {raw!r}")
            continue
        lines.append(Line(number, fields[0], fields[1], fields[2] if len(fields) == 3 and fields[2] else None))
    if faults:
        raise CatalogueRefused("\n".join(faults))
    return lines


def _unescaped(field: str) -> str:
    return re.sub(r"\\([nt\\])", lambda mark: {"n": "\n", "t": "\t", "\\": "\\"}[mark[1]], field)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")


def add(lines: list[Line], root: Path = ROOT) -> tuple[list[str], list[str]]:
    """Take the lines in: the messages added, and those whose Chinese is now another.

    Raises: CatalogueRefused naming every line that says less or more than its English; nothing is taken in then.
    """
    used = extracted(root)
    lines = [line._replace(plural=plural_of(used.get(line.english)) or line.plural) for line in lines]
    faults = [f"line {line.number}: {fault}" for line in lines for fault in faults_of(*line[1:])]
    if faults:
        raise CatalogueRefused("\n".join(faults))
    with locked(root):
        catalogue = read(root)
        added, changed = [], []
        for line in lines:
            known = catalogue.get(line.english)
            if known is None:
                added.append(line.english)
            elif chinese_of(known) != line.chinese:
                changed.append(f"{line.english!r}: {chinese_of(known)!r} -> {line.chinese!r}")
            _put(catalogue, line)
        write(catalogue, root)
    return added, changed


def _put(catalogue: Catalog, line: Line) -> None:
    catalogue.delete(line.english)
    if line.plural:
        catalogue.add((line.english, line.plural), (line.chinese,))
    else:
        catalogue.add(line.english, line.chinese)


def english_of(message: Message) -> str:
    """The message in English, in the singular."""
    return message.id[0] if isinstance(message.id, tuple | list) else message.id


def plural_of(message: Message | None) -> str | None:
    """The message in English, in the plural, where it has one."""
    return message.id[1] if message is not None and isinstance(message.id, tuple | list) else None


def chinese_of(message: Message) -> str:
    """The message in Chinese, which has no plural; empty where it is not translated."""
    chinese = message.string[0] if isinstance(message.string, tuple | list) else message.string
    return chinese or ""


# --- checking ---


def faults_of(english: str, chinese: str, plural: str | None = None) -> list[str]:
    """What is wrong with one translation, a sentence each. The plural, where there is one, names the figures."""
    faults = []
    wanted, given = set(PLACEHOLDER.findall(plural or english)), set(PLACEHOLDER.findall(chinese))
    if wanted != given:
        faults.append(f"{english!r} names {sorted(wanted)}, its Chinese names {sorted(given)}: {chinese!r}")
    if wanted and LONE_PERCENT.search(chinese):
        faults.append(f"{english!r}: write %% for a percent sign beside a placeholder: {chinese!r}")
    if HALF_WIDTH_MARK.search(PLACEHOLDER.sub("", chinese)):
        faults.append(f"{english!r}: a half-width mark beside a Chinese character: {chinese!r}")
    return faults


def complaints(root: Path = ROOT) -> list[str]:
    """All that keeps the catalogue from being complete and exact, a sentence each."""
    used, kept = extracted(root), read(root)
    said = []
    for message in used:
        if message.id:
            said += _complaints_about(message, kept.get(english_of(message)))
    for message in kept:
        if message.id and used.get(english_of(message)) is None:
            said.append(f"no longer used: {english_of(message)!r}")
    return said


def _complaints_about(message: Message, translation: Message | None) -> list[str]:
    english, where = english_of(message), _places(message)
    if UNTRIMMED.search(english):
        return [f"stray white space, use {{% trans trimmed %}}: {english!r} ({where})"]
    if _is_formatted(message) and LONE_PERCENT.search(english):
        return [f"write %% for a percent sign: {english!r} ({where})"]
    if translation is None or not chinese_of(translation):
        return [f"not translated: {english!r} ({where})"]
    if translation.fuzzy:
        return [f"only guessed (fuzzy): {english!r} ({where})"]
    if message.pluralizable != translation.pluralizable:
        return [f"one with a plural, one without: {english!r} ({where}); add it again"]
    return [f"{fault} ({where})" for fault in faults_of(english, chinese_of(translation), plural_of(message))]


def _is_formatted(message: Message) -> bool:
    """Templates treat every message as a pattern; Python only one that is given values."""
    from_template = any(path.startswith("templates/") for path, _line in message.locations)
    return from_template or bool(PLACEHOLDER.search(english_of(message)))


def _places(message: Message) -> str:
    return ", ".join(f"{path}:{line}" for path, line in message.locations[:3])


# --- the commands ---


def do_extract(_arguments: argparse.Namespace) -> int:
    found = extracted()
    target = ROOT / "var" / "messages.pot"
    target.parent.mkdir(exist_ok=True)
    with target.open("wb") as pot:
        write_po(pot, found, sort_output=True)
    print(f"{len(found)} messages in use: {target.relative_to(ROOT)}")
    return 0


def do_missing(_arguments: argparse.Namespace) -> int:
    kept = read()
    for message in extracted():
        translation = kept.get(english_of(message)) if message.id else None
        if message.id and (translation is None or not chinese_of(translation)):
            print(f"# {_places(message)}\n{_escaped(english_of(message))}\t")
    return 0


def do_add(arguments: argparse.Namespace) -> int:
    lines = parsed(arguments.file.read_text(encoding="utf-8"))
    added, changed = add(lines)
    for change in changed:
        print(f"changed {change}")
    print(f"{len(added)} added, {len(changed)} changed, {len(lines) - len(added) - len(changed)} as they were")
    return 0


def do_check(_arguments: argparse.Namespace) -> int:
    found = complaints()
    if found:
        raise CatalogueRefused("\n".join(found) + f"\n{len(found)} complaints. See tools/catalogue.py --help")
    print(f"catalogue complete: {len(read())} messages")
    return 0


def do_prune(_arguments: argparse.Namespace) -> int:
    used = extracted()
    with locked():
        kept = read()
        unused = [english_of(message) for message in kept if message.id and used.get(english_of(message)) is None]
        for english in unused:
            kept.delete(english)
            print(f"dropped {english!r}")
        write(kept)
    print(f"{len(unused)} dropped, {len(kept)} kept")
    return 0


def do_compile(_arguments: argparse.Namespace) -> int:
    with locked():
        compiled = po_file().with_suffix(".mo")
        half_done = compiled.with_suffix(".mo.new")
        with half_done.open("wb") as target:
            write_mo(target, read())
        half_done.replace(compiled)
    print(f"compiled {compiled.relative_to(ROOT)}")
    return 0


COMMANDS = {
    "extract": do_extract,
    "missing": do_missing,
    "add": do_add,
    "check": do_check,
    "prune": do_prune,
    "compile": do_compile,
}


def main(words: list[str]) -> int:
    """Run one command; its exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in COMMANDS:
        command = commands.add_parser(name)
        if name == "add":
            command.add_argument("file", type=Path)
    arguments = parser.parse_args(words)
    try:
        return COMMANDS[arguments.command](arguments)
    except CatalogueRefused as refusal:
        print(refusal, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
