"""Addresses that nobody was given, and requests that no page sends."""

import re
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf import FlaskForm
from wtforms import Form

from hometeach.web.forms import BareForm
from tests import factories

#: A date whose time zone lies outside every calendar.
FAR_OFF = "Thu, 01 Jan 1970 00:00:00 +99999999999999"


def test_a_number_that_no_column_holds_is_the_address_of_nothing(lin: FlaskClient, cast: factories.Cast) -> None:
    assert lin.get(f"/children/{cast.own_child}/plans/{2**31}").status_code == 404
    assert lin.get(f"/children/{cast.own_child}/plans/{'9' * 25}").status_code == 404


def test_what_no_database_keeps_is_refused_wherever_it_stands(guan: FlaskClient, cast: factories.Cast) -> None:
    review = guan.post("/access-reviews").location
    assert guan.post(review, data={"account": ["x", "\0"]}).status_code == 400
    assert guan.get("/accounts/a%00b").status_code == 400
    assert guan.get("/accounts?unit=x&unit=%00").status_code == 400


@pytest.mark.parametrize("body", ['{"name": 5, "password": "x"}', '{"name": "\\ud800"}', "5", "[" * 100_000, "{"])
def test_no_form_is_read_from_anything_but_a_form(bare_app: Flask, body: str) -> None:
    browser = bare_app.test_client()
    for address in ("/sign-in", "/verify"):
        assert browser.post(address, data=body, content_type="application/json").status_code == 415


@pytest.mark.parametrize(("address", "name"), [("/sign-in", "name"), ("/verify", "code"), ("/family", "phone")])
def test_a_file_in_place_of_words_is_as_if_nothing_was_written(bare_app: Flask, address: str, name: str) -> None:
    browser = bare_app.test_client()
    told = browser.post(address, data={name: (BytesIO(b"x"), "f.txt")}, content_type="multipart/form-data")
    assert told.status_code == 422


def test_a_part_without_a_name_is_refused(bare_app: Flask) -> None:
    body = b"--a\r\nContent-Disposition: form-data\r\n\r\nx\r\n--a--\r\n"
    told = bare_app.test_client().post("/sign-in", data=body, content_type="multipart/form-data; boundary=a")
    assert told.status_code == 400


def test_bytes_that_are_no_text_are_refused_in_an_address(bare_app: Flask) -> None:
    told = bare_app.test_client().get("/sign-in", environ_overrides={"QUERY_STRING": "a=\xff"})
    assert (told.status_code, "<h1" in told.text) == (400, True)


@pytest.mark.parametrize("headers", [{"If-Modified-Since": FAR_OFF}, {"If-Range": FAR_OFF, "Range": "bytes=0-1"}])
def test_a_condition_with_a_date_of_no_calendar_is_none(bare_app: Flask, headers: dict[str, str]) -> None:
    browser = bare_app.test_client()
    sheet = re.search(r'href="(/static/[^"]+\.css[^"]*)"', browser.get("/sign-in").text)[1]
    assert browser.get(sheet, headers=headers).status_code == 200


def test_every_form_reads_files_only_where_it_asks_for_one(bare_app: Flask) -> None:
    assert {one for one in kinds_of(FlaskForm) if one.__module__.startswith("hometeach.")} <= kinds_of(BareForm)


def kinds_of(form: type[Form]) -> set[type[Form]]:
    return {form}.union(*map(kinds_of, form.__subclasses__()))
