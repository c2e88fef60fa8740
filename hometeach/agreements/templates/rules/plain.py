"""How is a clause read past the ways in which words are hidden?

Full-width and half-width, traditional and simplified, spaces, punctuation and
marks that cannot be seen: a waiver stays a waiver, however it is spaced.
"""

import unicodedata
from dataclasses import dataclass

#: Where a sentence ends, and with it the reach of a "not".
ENDS = "。！？；!?;\n"
#: What is kept of the punctuation around words that were found: a "not" seldom reaches over it.
COMMAS = "，,、：:"
_TRADITIONAL = (
    "負責後與關無擔賠償學師監護會續簽約動視為爲應過費單機構傷繳納錄長條協議訴訟權棄發"
    "時間對錢資車環險療轉換據規則經濟損歸個醫藥額變從開拍攝攜"
)
_SIMPLE = (
    "负责后与关无担赔偿学师监护会续签约动视为为应过费单机构伤缴纳录长条协议诉讼权弃发"
    "时间对钱资车环险疗转换据规则经济损归个医药额变从开拍摄携"
)
_SIMPLIFIED = str.maketrans(_TRADITIONAL, _SIMPLE)


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
        """The letters of the same sentence that stand before a letter, with its commas."""
        begins = first
        while begins and not self._marks_between(begins - 1, begins, ENDS):
            begins -= 1
        return self._with_commas(begins, first)

    def after(self, last: int) -> str:
        """The letters of the same sentence from a letter on, with its commas."""
        ends = last
        while ends < len(self.letters) and (ends == 0 or not self._marks_between(ends - 1, ends, ENDS)):
            ends += 1
        return self._with_commas(last, ends)

    def _with_commas(self, first: int, last: int) -> str:
        """A stretch of letters; a comma stands where one stood before a letter of it, or before what follows it."""
        told = []
        for place in range(first, last):
            told += ["，"] if place and self._marks_between(place - 1, place, COMMAS) else []
            told.append(self.letters[place])
        ends_with_comma = 0 < last < len(self.letters) and self._marks_between(last - 1, last, COMMAS)
        return "".join([*told, "，"] if ends_with_comma else told)

    def _marks_between(self, one: int, other: int, marks: str) -> bool:
        return any(mark in marks for mark in self.text[self.places[one] + 1 : self.places[other]])


def plain(text: str) -> Plain:
    """The letters and figures of a text, in one form of writing."""
    letters, places = [], []
    for place, mark in enumerate(text):
        for letter in unicodedata.normalize("NFKC", mark).lower().translate(_SIMPLIFIED):
            if unicodedata.category(letter)[0] in "LN":
                letters.append(letter)
                places.append(place)
    return Plain("".join(letters), tuple(places), text)
