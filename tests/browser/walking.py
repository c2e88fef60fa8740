"""Somebody who walks through pages: taps and typed fields are counted, pictures taken where they are wanted."""

import os
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.conftest import overflow


class Walk:
    """Counts what is tapped and typed. Pictures go to the folder that ``HOMETEACH_PICTURES`` names."""

    def __init__(self, page: Page, name: str) -> None:
        self.page, self.name = page, name
        self.taps = self.typed = self.steps = 0

    def tap(self, target: str) -> None:
        """Tap one thing, and wait for what comes of it."""
        self.page.locator(target).first.click()
        self.page.wait_for_load_state()
        self.taps += 1

    def type(self, target: str, text: str) -> None:
        """Type into a field."""
        self.page.fill(target, text)
        self.typed += 1

    def look(self, what: str) -> None:
        """Look at the page: never wider than its window; a picture of it where one is wanted."""
        assert overflow(self.page) <= 0, f"{what} is {overflow(self.page)} px too wide"
        self.steps += 1
        if folder := os.environ.get("HOMETEACH_PICTURES"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=f"{folder}/{self.name}-{self.steps}-{what}.png", full_page=True)
