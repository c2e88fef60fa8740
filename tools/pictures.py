"""What does the product look like? The pictures of the README, taken from the running demonstration.

Starts the demonstration on a folder of its own, signs in as an officer and as
a teacher, and takes what a reader should see first; then a page of the report.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from pypdf import PdfReader

from hometeach.demonstration import PASSWORD
from tools.steps import ROOT, Stopped, say

PICTURES = ROOT / "docs" / "pictures"
PORT = 8917
SITE = f"http://127.0.0.1:{PORT}"
COLOURS = 160
#: What stands on the page of the report to be shown, wherever it falls.
REPORT_WORDS = "全年的账"
REPORT_DPI = 80

CHROMIUM_FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
DESK = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=390, height=780)


@dataclass(frozen=True)
class Picture:
    """Who looks at what: the links to follow from home, and the part to show, all if none is named."""

    name: str
    sign_in_name: str
    viewport: ViewportSize
    path: str
    then: tuple[str, ...] = ()
    part: str | None = None


WANTED = (
    Picture("strip", "bai", DESK, "/schools", then=("main table a",), part=".strip-box"),
    Picture("phone", "lin", PHONE, "/"),
)


def main() -> None:
    """Take every picture anew."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, demonstration(Path(folder)), sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium-headless-shell"), args=list(CHROMIUM_FLAGS)
        )
        for wanted in WANTED:
            keep(wanted.name, taken(chromium, wanted))
        keep("report", report_page(Path(folder) / f"report-{os.environ['HOMETEACH_TODAY'][:4]}.pdf"))
        chromium.close()


@contextmanager
def demonstration(folder: Path) -> Iterator[None]:
    """The running demonstration, on a folder and a database of its own.

    Raises: Stopped with what it said, if it does not start.
    """
    environment = {**os.environ, "HOMETEACH_VAR": str(folder), "PORT": str(PORT)} | {"DATABASE_URL": ""}
    running = subprocess.Popen(
        [sys.executable, "-m", "tools.run"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    said = []
    for line in running.stdout or ():
        said.append(line)
        if line.startswith("Ctrl-C"):
            break
    else:
        raise Stopped("".join(said))
    try:
        yield
    finally:
        running.terminate()
        running.communicate()


def taken(chromium: Browser, wanted: Picture) -> bytes:
    """One picture as PNG."""
    page = chromium.new_page(viewport=wanted.viewport, device_scale_factor=2, locale="zh-CN")
    sign_in(page, wanted.sign_in_name)
    page.goto(SITE + wanted.path)
    for link in wanted.then:
        page.locator(link).first.click()
        page.wait_for_load_state()
    png = page.locator(wanted.part).first.screenshot() if wanted.part else page.screenshot()
    page.close()
    return png


def sign_in(page: Page, name: str) -> None:
    """Let one of the demonstration's people in."""
    page.goto(SITE + "/sign-in")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", PASSWORD)
    page.locator("form:has(input[name=password]) button").click()
    page.wait_for_load_state()


def report_page(report: Path) -> bytes:
    """A page of the printed report as PNG."""
    pages = enumerate(PdfReader(report).pages, start=1)
    number = str(next(number for number, page in pages if REPORT_WORDS in page.extract_text()))
    only = ["-f", number, "-l", number, "-r", str(REPORT_DPI), "-png"]
    return subprocess.run(["pdftoppm", *only, report], capture_output=True, check=True).stdout


def keep(name: str, png: bytes) -> None:
    """Write a picture with few colours: quick to load, and small in the history."""
    target = PICTURES / f"{name}.png"
    with Image.open(BytesIO(png)) as picture:
        picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)
    say(f"{target.relative_to(ROOT)}: {target.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
