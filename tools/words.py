"""The words that people read: which the code uses, what each is in Chinese, and what is wrong with that.

English stands in the code as the message's name (msgid), Chinese in one file
under ``translations/``. ``tools/catalogue.py`` are the commands over this.
"""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
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


def escaped(text: str) -> str:
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
    return said + [f"no longer used: {english!r}" for english in unused(used, kept)]


def untranslated(used: Catalog, kept: Catalog) -> list[Message]:
    """The messages in use that have no Chinese."""
    return [one for one in used if one.id and not ((known := kept.get(english_of(one))) and chinese_of(known))]


def unused(used: Catalog, kept: Catalog) -> list[str]:
    """The messages kept that nothing uses any more, in English."""
    return [english_of(one) for one in kept if one.id and used.get(english_of(one)) is None]


def _complaints_about(message: Message, translation: Message | None) -> list[str]:
    english, where = english_of(message), places(message)
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


def places(message: Message) -> str:
    return ", ".join(f"{path}:{line}" for path, line in message.locations[:3])
