"""Which whole numbers stand in an address, or come back with a form?"""

from werkzeug.routing import IntegerConverter, Map

#: The largest number that a column of whole numbers holds on both engines.
LARGEST = 2**31 - 1


class WholeNumber(IntegerConverter):
    """A number in an address; one that no column can hold is the address of nothing."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=LARGEST)


def number_kept(text: str) -> int:
    """A number that a column can hold.

    Raises: ValueError.
    """
    number = int(text)
    if abs(number) > LARGEST:
        raise ValueError("no column holds it")
    return number
