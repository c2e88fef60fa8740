"""Reads a page as a person does: the sentence at its head, the rows of its tables, the addresses of its links."""

import re
from html import unescape

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import IS_LONG
from tests.factories import PASSWORD


def browser_of(app_client: FlaskClient, name: str, *, password: str = PASSWORD, language: str = "") -> FlaskClient:
    """A browser in which somebody has signed in, and perhaps chosen another language."""
    assert app_client.post("/sign-in", data={"name": name, "password": password}).status_code == 302
    if language:
        app_client.post("/language", data={"language": language, "back": "/"})
    return app_client


def words_in(html: str) -> str:
    """What is written there, without tags, runs of space taken as one."""
    return " ".join(unescape(re.sub(r"<[^>]*>", "", re.sub(r"<(/t[dh]|/li|/p|/h\d|/tr)", r" <\1", html))).split())


def main_of(answer: TestResponse) -> str:
    """The page without its frame."""
    assert answer.status_code == 200, answer.status_code
    return answer.text.partition("<main")[2].partition("</main>")[0]


def lead_of(answer: TestResponse) -> str:
    """The sentence at the head of the page."""
    return words_in(re.search(r'<p class="lead">(.*?)</p>', main_of(answer), re.S)[1])  # type: ignore[index]


#: How often a robot looks at one link: a thousand times by night.
PREVIEWS = 1000 if IS_LONG else 100


def rows_of(answer: TestResponse) -> list[str]:
    """The rows of the page's tables, in words."""
    bodies = re.findall(r"<tbody>(.*?)</tbody>", main_of(answer), re.S)
    return [words_in(row) for body in bodies for row in re.split(r"<tr[^>]*>", body)[1:]]


def links_of(answer: TestResponse) -> list[str]:
    """The addresses that the page leads to."""
    return [unescape(link) for link in re.findall(r'href="(/[^"]*)"', main_of(answer))]
