"""Addresses that nobody was given."""

from flask.testing import FlaskClient

from tests import factories


def test_a_number_that_no_column_holds_is_the_address_of_nothing(lin: FlaskClient, cast: factories.Cast) -> None:
    assert lin.get(f"/children/{cast.own_child}/plans/{2**31}").status_code == 404
    assert lin.get(f"/children/{cast.own_child}/plans/{'9' * 25}").status_code == 404


def test_what_no_database_keeps_is_refused_wherever_it_stands(guan: FlaskClient, cast: factories.Cast) -> None:
    review = guan.post("/access-reviews").location
    assert guan.post(review, data={"account": ["x", "\0"]}).status_code == 400
    assert guan.get("/accounts/a%00b").status_code == 400
    assert guan.get("/accounts?unit=x&unit=%00").status_code == 400
