"""Draw the states and moves of a case from their table, into ``docs/cases.md``.

.venv/bin/python -m tools.diagrams           draw them anew
.venv/bin/python -m tools.diagrams --check   say whether what stands there is what the table says
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from hometeach.cases.rules import TABLE, Move, Mover

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "cases.md"
BEGIN, END = "<!-- drawn by tools.diagrams: begin -->", "<!-- drawn by tools.diagrams: end -->"
WHO = {
    Mover.OFFICER: "bureau",
    Mover.HEAD: "head of the school",
    Mover.COORDINATOR: "school",
    Mover.TEACHER: "teacher who answers",
    Mover.CENTRE: "resource centre",
    Mover.GUARDIAN: "guardian",
    Mover.SYSTEM: "by itself",
}


def drawn() -> str:
    """The diagram and the table of moves, as the document holds them."""
    return "\n".join([BEGIN, "", *_diagram(), "", *_moves(), "", END])


def document(standing: str) -> str:
    """The document with what is drawn in its place.

    Raises: ValueError where the place is not marked.
    """
    before, begin, rest = standing.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{DOCUMENT.name} does not mark where the diagram stands")
    return f"{before}{drawn()}{after}"


def _diagram() -> Iterator[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    for move in TABLE:
        for source in move.sources or ("[*]",):
            for target in move.targets:
                yield f"    {source} --> {target}: {move.event}"
    yield "    closed --> [*]"
    yield "```"


def _moves() -> Iterator[str]:
    yield "| move | from | to | who | what must be there | who must have asked |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for move in TABLE:
        yield "| " + " | ".join(_cells(move)) + " |"


def _cells(move: Move) -> tuple[str, ...]:
    needs = [f"`{need}`" for need in move.needs]
    extra = [f"`{need}` ({WHO[mover]})" for mover, some in move.also.items() for need in some]
    return (
        f"`{move.event}`",
        ", ".join(move.sources) or "(begins)",
        ", ".join(move.targets) or "(stays)",
        ", ".join(WHO[mover] for mover in move.movers),
        ", ".join([*needs, *extra]),
        ", ".join(f"`{event}`, by somebody else" for event in move.answers),
    )


def main(typed: list[str]) -> int:
    """Draw, or compare; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args(typed)
    standing = DOCUMENT.read_text(encoding="utf-8")
    wanted = document(standing)
    if arguments.check:
        same = standing == wanted
        print("docs/cases.md is what the table says" if same else "docs/cases.md differs: python -m tools.diagrams")
        return not same
    DOCUMENT.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
