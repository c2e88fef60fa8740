"""What the documents say of a case is what the table says."""

from tools import diagrams


def test_the_diagram_equals_the_table() -> None:
    standing = diagrams.DOCUMENT.read_text(encoding="utf-8")
    assert diagrams.document(standing) == standing


def test_a_diagram_that_differs_is_told() -> None:
    standing = diagrams.DOCUMENT.read_text(encoding="utf-8")
    changed = standing.replace("active --> suspended", "active --> closed", 1)
    assert changed != standing
    assert diagrams.document(changed) != changed
