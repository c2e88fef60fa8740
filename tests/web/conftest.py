"""The browsers of the cast, and the product's words in either language without a database."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import Babel, force_locale

from hometeach.people.access import Role
from tools import words

CHINESE, ENGLISH = "zh_Hans_CN", "en"


@pytest.fixture(scope="session")
def translations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalogue as it stands in the tree, compiled apart from it."""
    folder = tmp_path_factory.mktemp("translations")
    target = folder / CHINESE / "LC_MESSAGES" / "messages.mo"
    target.parent.mkdir(parents=True)
    with target.open("wb") as compiled:
        write_mo(compiled, words.read())
    return folder


@pytest.fixture
def spoken_in(translations: Path) -> Callable[[str], AbstractContextManager[None]]:
    """Makes a context within which messages are said in a language."""
    app = Flask("words")
    Babel(app, default_locale=ENGLISH, default_translation_directories=str(translations))

    @contextmanager
    def speaking(locale: str) -> Iterator[None]:
        with app.test_request_context(), force_locale(locale):
            yield

    return speaking


@pytest.fixture
def chinese(spoken_in: Callable[[str], AbstractContextManager[None]]) -> Iterator[None]:
    """The whole test in Chinese."""
    with spoken_in(CHINESE):
        yield


@pytest.fixture
def english(spoken_in: Callable[[str], AbstractContextManager[None]]) -> Iterator[None]:
    """The whole test in English."""
    with spoken_in(ENGLISH):
        yield


@pytest.fixture
def lin(signed_in: Callable[[Role], FlaskClient]) -> FlaskClient:
    """Teacher Lin's browser."""
    return signed_in(Role.TEACHER)


@pytest.fixture
def he(signed_in: Callable[[Role], FlaskClient]) -> FlaskClient:
    """Headteacher He's browser, the coordinator of Lin's school."""
    return signed_in(Role.SCHOOL_COORDINATOR)


@pytest.fixture
def bai(signed_in: Callable[[Role], FlaskClient]) -> FlaskClient:
    """Officer Bai's browser."""
    return signed_in(Role.BUREAU_OFFICER)


@pytest.fixture
def qin(signed_in: Callable[[Role], FlaskClient]) -> FlaskClient:
    """Auditor Qin's browser."""
    return signed_in(Role.AUDITOR)


@pytest.fixture
def guan(signed_in: Callable[[Role], FlaskClient]) -> FlaskClient:
    """Administrator Guan's browser."""
    return signed_in(Role.ADMINISTRATOR)
