"""Whatever is sent, no page fails: every form and every question in an address is tried with what nobody should send.

The forms are those that the pages show, found by following every link as each
member of the cast, so that a new form is tried without being named here. By day
each of them is tried on one of the two engines, by night on both.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TypeVar
from urllib.parse import quote, urlsplit
from zlib import crc32

import pytest
from flask.testing import FlaskClient

from hometeach.people.access import Role
from tests.conftest import IS_LONG
from tests.databases import SERVER
from tests.test_house import come_in

HOSTILE = (
    "",
    " ",
    "\0",
    "a\0b",
    "\ufeff",
    "\u202e逆",
    "𬱖㛃",
    "-1",
    "0",
    "１２",
    "1e309",
    "99999999999999999999999999",
    "2026-02-30",
    "9999-12-31",
    "0001-01-01",
    "25:61",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "%s%(x)s{0}",
    "../../etc/passwd",
    "长" * 5000,
)
#: Asked in addresses of lists, besides what the addresses of the pages themselves ask.
ASKED = ("page", "sort", "term", "year", "month", "week", "day", "school", "teacher", "state", "from", "to", "q")
#: Ends the session under trial, or hands out the pages in another language.
LEFT_OUT = {"/sign-out", "/family/leave", "/language"}
SEED = 20261123
#: How many hostile values are tried by day in each form and address, drawn anew for each; by night all are.
BY_DAY = 1


@dataclass(frozen=True)
class Shown:
    """A form on a page: where it goes, how, and what it asks."""

    action: str
    method: str
    fields: tuple[str, ...]


class Page(HTMLParser):
    """The links and forms of a page."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.links, self.forms = path, set(), []
        self.open: tuple[str, str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        if tag == "a" and held.get("href", "").startswith("/"):
            self.links.add(held["href"].partition("#")[0])
        elif tag == "form":
            self.open = (held.get("action") or self.path, (held.get("method") or "get").lower(), [])
        elif tag in ("input", "select", "textarea", "button") and self.open and held.get("name"):
            self.open[2].append(held["name"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self.open:
            action, method, fields = self.open
            self.forms.append(Shown(action, method, tuple(dict.fromkeys(fields))))
            self.open = None


def shape(path: str) -> str:
    """An address without what tells one object or day from another: one of each shape is enough."""
    parts = urlsplit(path)
    return "/".join("*" if any(c.isdigit() or c.isupper() for c in part) else part for part in parts.path.split("/"))


def found(browser: FlaskClient, first: str = "/") -> tuple[set[str], set[Shown]]:
    """One address of each shape that links lead to, and the forms that stand there."""
    waiting, seen, forms = [first], {}, {}
    while waiting:
        path = waiting.pop()
        if shape(path) in seen:
            continue
        seen[shape(path)] = path
        answer = browser.get(path)
        assert answer.status_code < 500, path
        if answer.mimetype != "text/html":
            continue
        page = Page(path.partition("?")[0])
        page.feed(answer.text)
        forms.update({(shape(form.action), form.method, form.fields): form for form in page.forms})
        waiting.extend(sorted(page.links))
    return set(seen.values()), {form for form in forms.values() if form.action not in LEFT_OUT}


def tries(fields: tuple[str, ...], chance: random.Random) -> Iterator[dict[str, str]]:
    """The fields with hostile values, all alike and mixed; the word that makes a form answered once is left out."""
    asked = [name for name in fields if name not in ("once", "csrf_token")]
    for value in HOSTILE if IS_LONG else chance.sample(HOSTILE, BY_DAY):
        yield dict.fromkeys(asked, value)
    for _ in range(len(HOSTILE) if IS_LONG else BY_DAY):
        yield {name: chance.choice(HOSTILE) for name in asked}


@pytest.mark.parametrize("role", Role)
def test_no_form_and_no_address_fails_whatever_is_sent(signed_in, role):
    try_everything(signed_in(role), "/")


def test_no_page_of_a_family_fails_whatever_is_sent(bare_app, cast):
    try_everything(come_in(bare_app, "13812345678"), f"/family/children/{cast.own_child}")


def test_the_familys_door_takes_whatever_is_sent(bare_app, cast):
    bare_app.config["SMS_URL"] = "http://127.0.0.1:9/"
    browser = bare_app.test_client()
    for value in HOSTILE:
        for address, data in (
            ("/family", {"phone": value}),
            ("/family", {"phone": "13812345678"}),
            ("/family/code", {"code": value}),
            ("/family/code/again", {"code": value}),
        ):
            assert browser.post(address, data=data).status_code < 500, (address, value)
        link = f"/family/to/{quote(value, safe='')}"
        assert browser.get(link).status_code < 500, value
        assert browser.post(link).status_code < 500, value


Found = TypeVar("Found", str, Shown)


def shape_of(one: str | Shown) -> str:
    """What an address or a form is known by in every copy of the cast."""
    return shape(one) if isinstance(one, str) else f"{shape(one.action)} {one.method} {one.fields}"


def share(found: Iterable[Found]) -> list[Found]:
    """What is tried on this engine: by day about half, the others on the other."""
    in_order = sorted(found, key=shape_of)
    return in_order if IS_LONG else [one for one in in_order if crc32(shape_of(one).encode()) % 2 == bool(SERVER)]


def try_everything(browser: FlaskClient, first: str) -> None:
    chance = random.Random(f"{SEED} {bool(SERVER)}")
    paths, forms = found(browser, first)
    assert forms
    for path in share(paths):
        asked = tuple(dict.fromkeys((*ASKED, *(pair.partition("=")[0] for pair in urlsplit(path).query.split("&")))))
        for values in tries(tuple(name for name in asked if name), chance):
            answer = browser.get(urlsplit(path).path, query_string=values)
            assert answer.status_code < 500, (path, values)
    for form in share(forms):
        for values in tries(form.fields, chance):
            send = browser.post if form.method == "post" else browser.get
            answer = send(form.action, **({"data": values} if form.method == "post" else {"query_string": values}))
            assert answer.status_code < 500, (form, values)
