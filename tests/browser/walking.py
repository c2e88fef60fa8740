"""Somebody who walks through pages: taps and typed fields are counted, pictures taken where they are wanted."""

import os
import re
from pathlib import Path
from time import perf_counter

from playwright.sync_api import Page


def overflow(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


class Walk:
    """Counts what is tapped and typed. Pictures go to the folder that ``HOMETEACH_PICTURES`` names."""

    def __init__(self, page: Page, name: str) -> None:
        self.page, self.name = page, name
        self.taps = self.typed = self.steps = 0
        self.began = perf_counter()

    def tap(self, target: str) -> None:
        """Tap one thing, and wait for what comes of it."""
        self.page.locator(target).first.click()
        self.page.wait_for_load_state()
        self.taps += 1

    def type(self, target: str, text: str) -> None:
        """Type into a field."""
        self.page.fill(target, text)
        self.typed += 1

    def choose(self, target: str, label: str) -> None:
        """Open a list, and choose by what it says."""
        self.page.select_option(target, label=label)
        self.taps += 2

    def rail(self, word: str) -> None:
        """Turn to another of the pages that always stand at hand; on a phone all of them stand behind one link."""
        near = self.page.locator("nav.bar a", has_text=word)
        if not near.is_visible():
            self.tap("nav.bar .more a")
            near = self.page.locator("nav.everything a", has_text=word)
        near.click()
        self.page.wait_for_load_state()
        self.taps += 1

    @property
    def words(self) -> str:
        """What the page says."""
        return self.page.inner_text("main")

    def sees(self, *said: str) -> None:
        """All of this stands on the page."""
        words = self.words
        missing = [one for one in said if one not in words]
        assert not missing, f"{missing} not on {self.page.url}, which says: {words[:2000]}"

    def figures(self, row: str) -> list[str]:
        """The figures in a row of a table of changes: before, and after."""
        told = self.page.locator("main tr", has_text=row).first.inner_text().partition(row)[2]
        return [figure.replace(",", "") for figure in re.findall(r"\d[\d,]*", told)]

    def look(self, what: str) -> None:
        """Look at the page: never wider than its window; a picture of it where one is wanted."""
        assert overflow(self.page) <= 0, f"{what} is {overflow(self.page)} px too wide"
        self.steps += 1
        if folder := os.environ.get("HOMETEACH_PICTURES"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=f"{folder}/{self.name}-{self.steps}-{what}.png", full_page=True)

    def told(self) -> str:
        """The walk in figures; the seconds are the machine's, without the person who reads and thinks."""
        return f"{self.taps} taps, {self.typed} fields typed, {perf_counter() - self.began:.1f} s without the person"
