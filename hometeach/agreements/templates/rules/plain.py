"""How is a clause read past the ways in which words are hidden?

Full-width and half-width, traditional and simplified, spaces, punctuation and
marks that cannot be seen: a waiver stays a waiver, however it is spaced.
"""

import unicodedata
from dataclasses import dataclass

#: Where a sentence ends, and with it the reach of a "not".
ENDS = "。！？；!?;\n"
_SIMPLIFIED = str.maketrans(
    "負責後與關無擔賠償學師監護任會續簽約動視為視爲應過費單機構傷亡繳納納錄",
    "负责后与关无担赔偿学师监护任会续签约动视为视为应过费单机构伤亡缴纳纳录",
)


@dataclass(frozen=True, slots=True)
class Plain:
    """The letters of a text alone, and where each of them stood."""

    letters: str
    #: For each letter its place in the text.
    places: tuple[int, ...]
    text: str

    def words(self, first: int, last: int) -> str:
        """What stood in the text, from one letter up to before another."""
        return self.text[self.places[first] : self.places[last - 1] + 1].strip()

    def before(self, first: int) -> str:
        """The letters of the same sentence that stand before a letter."""
        begins = first
        while begins and not self._ends_between(begins - 1, begins):
            begins -= 1
        return self.letters[begins:first]

    def after(self, last: int) -> str:
        """The letters of the same sentence from a letter on."""
        ends = last
        while ends < len(self.letters) and (ends == 0 or not self._ends_between(ends - 1, ends)):
            ends += 1
        return self.letters[last:ends]

    def _ends_between(self, one: int, other: int) -> bool:
        return any(mark in ENDS for mark in self.text[self.places[one] + 1 : self.places[other]])


def plain(text: str) -> Plain:
    """The letters and figures of a text, in one form of writing."""
    letters, places = [], []
    for place, mark in enumerate(text):
        for letter in unicodedata.normalize("NFKC", mark).lower().translate(_SIMPLIFIED):
            if unicodedata.category(letter)[0] in "LN":
                letters.append(letter)
                places.append(place)
    return Plain("".join(letters), tuple(places), text)
