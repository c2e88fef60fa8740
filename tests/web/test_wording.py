"""The bureau's wording of the agreement, on its pages."""

import re
from datetime import date
from io import BytesIO

from flask import Flask
from flask.testing import FlaskClient
from pyhanko.pdf_utils.reader import PdfFileReader

from hometeach.agreements.templates.models import in_print, template_of, template_on
from hometeach.agreements.templates.rules import TemplateState
from tests.web.reading import lead_of, links_of


def begin(bai: FlaskClient) -> str:
    """A draft of version 2, begun by the officer: its address."""
    answer = bai.post("/wording/1/begin")
    assert answer.status_code == 302
    return str(answer.location)


def first_clause(app: Flask, version: int) -> tuple[str, str]:
    """Public id and text of the first clause of a version."""
    with app.app_context():
        clause = in_print(template_of(version))[0]  # type: ignore[arg-type]
        return clause.public_id, clause.text


def filled(**values: str) -> dict[str, str]:
    return {"seen": "0", "block": "parties", "text": "甲方：{学校名称}。", "limits": "no", **values}


def test_an_officer_begins_writes_and_publishes_a_version(bai: FlaskClient, bare_app: Flask) -> None:
    here = begin(bai)
    clause, text = first_clause(bare_app, 2)
    saved = bai.post(f"{here}/clauses/{clause}", data=filled(text=text + "网址见学校公示。", limits="yes"))
    assert saved.location == here
    assert "网址见学校公示" in bai.get(here).text
    bai.post(f"{here}/publish", data={"first": "2026-12-01"})
    with bare_app.app_context():
        assert template_on(date(2026, 11, 30)).version == 1  # type: ignore[union-attr]
        newer = template_on(date(2026, 12, 1))
        assert newer is not None
        assert newer.version == 2
        assert in_print(newer)[0].limits_rights


def test_a_waiver_is_refused_beside_the_clause_with_words_law_and_what_is_right(bai: FlaskClient) -> None:
    here = begin(bai)
    answer = bai.post(f"{here}/clauses/new", data=filled(block="safety", text="送教期间发生意外，学校概 不、负 责。"))
    assert answer.status_code == 422
    assert "概 不、负 责" in answer.text
    assert "506" in answer.text
    assert "1199" in answer.text


def test_a_placeholder_that_nothing_stands_for_is_refused(bai: FlaskClient) -> None:
    answer = bai.post(f"{begin(bai)}/clauses/new", data=filled(text="甲方：{学校的名字}。"))
    assert answer.status_code == 422
    assert "{学校的名字}" in answer.text


def test_a_character_without_a_glyph_is_refused_while_it_is_written(bai: FlaskClient) -> None:
    answer = bai.post(f"{begin(bai)}/clauses/new", data=filled(text="甲方：{学校名称}\ue123。"))
    assert answer.status_code == 422
    assert "U+E123" in answer.text


def test_two_who_write_one_clause_see_both_texts(bai: FlaskClient, bare_app: Flask) -> None:
    here = begin(bai)
    clause, _text = first_clause(bare_app, 2)
    bai.post(f"{here}/clauses/{clause}", data=filled(text="甲方：{学校名称}，先存的。"))
    second = bai.post(f"{here}/clauses/{clause}", data=filled(text="甲方：{学校名称}，后存的。"))
    assert second.status_code == 422
    assert "先存的" in second.text
    assert "后存的" in second.text
    bai.post(f"{here}/clauses/{clause}", data=filled(seen="1", text="甲方：{学校名称}，后存的。", theirs="text"))
    assert first_clause(bare_app, 2)[1] == "甲方：{学校名称}，先存的。"


def test_two_who_write_the_head_see_both_texts(bai: FlaskClient) -> None:
    here = begin(bai)
    head = {"seen": "0", "title": "协议书", "source": "X教发〔2026〕9号", "summary": "做什么？送教。"}
    assert bai.post(f"{here}/head", data=head).status_code == 302
    second = bai.post(f"{here}/head", data={**head, "title": "服务协议"})
    assert second.status_code == 422
    assert "服务协议" in second.text
    assert "协议书" in second.text


def test_a_version_without_a_block_is_not_published_and_says_which(bai: FlaskClient, bare_app: Flask) -> None:
    here = begin(bai)
    with bare_app.app_context():
        draft = template_of(2)
        (dispute,) = [one.public_id for one in draft.clauses if one.block.value == "dispute"]  # type: ignore[union-attr]
    bai.post(f"{here}/clauses/{dispute}/remove")
    answer = bai.post(f"{here}/publish", data={"first": "2026-12-01"})
    assert answer.status_code == 422
    assert "F05" in answer.text
    with bare_app.app_context():
        assert template_of(2).state is TemplateState.DRAFT  # type: ignore[union-attr]


def test_a_clause_moves_up_within_its_block(bai: FlaskClient, bare_app: Flask) -> None:
    here = begin(bai)
    with bare_app.app_context():
        first, second = [one.public_id for one in in_print(template_of(2))[:2]]  # type: ignore[arg-type]
    bai.post(f"{here}/clauses/{second}/up")
    with bare_app.app_context():
        assert [one.public_id for one in in_print(template_of(2))[:2]] == [second, first]  # type: ignore[arg-type]


def test_a_published_version_cannot_be_written(bai: FlaskClient, bare_app: Flask) -> None:
    clause, _text = first_clause(bare_app, 1)
    assert bai.post(f"/wording/1/clauses/{clause}", data=filled()).status_code == 404
    assert bai.get("/wording/1/publish").status_code == 404


def test_only_one_draft_is_written_at_a_time(bai: FlaskClient) -> None:
    begin(bai)
    assert bai.post("/wording/1/begin").status_code == 409


def test_versions_are_laid_side_by_side(bai: FlaskClient, bare_app: Flask) -> None:
    here = begin(bai)
    clause, _text = first_clause(bare_app, 2)
    bai.post(f"{here}/clauses/{clause}", data=filled(text="甲方：{学校名称}，改过的。"))
    page = bai.get(f"{here}/compare").text
    assert "改过的" in page
    assert "联系电话" in page
    assert bai.get(f"{here}/compare?with=9").status_code == 404


def test_the_preview_is_a_pdf_with_the_longest_data(bai: FlaskClient) -> None:
    answer = bai.get("/wording/1/preview")
    assert answer.mimetype == "application/pdf"
    assert PdfFileReader(BytesIO(answer.data)).root["/Pages"]["/Count"] > 6


def test_nobody_else_writes_the_wording(he: FlaskClient, qin: FlaskClient, lin: FlaskClient) -> None:
    assert qin.get("/wording").status_code == 200
    assert qin.post("/wording/1/begin").status_code == 404
    assert he.get("/wording").status_code == 404
    assert lin.get("/wording").status_code == 404


def test_a_draft_is_thrown_away_after_one_more_look(bai: FlaskClient, bare_app: Flask) -> None:
    here = begin(bai)
    assert f"{here}/discard" in links_of(bai.get(here))
    asked = bai.get(f"{here}/discard")
    assert "无法恢复" in lead_of(asked)
    with bare_app.app_context():
        assert template_of(2) is not None, "to look changes nothing"
    seen = re.search(r'name="seen" type="hidden" value="(\w+)"', asked.text)[1]  # type: ignore[index]
    bai.post(f"{here}/clauses/new", data=filled())
    late = bai.post(f"{here}/discard", data={"seen": seen})
    assert late.status_code == 422
    assert "请再看一遍" in late.text
    seen = re.search(r'name="seen" type="hidden" value="(\w+)"', late.text)[1]  # type: ignore[index]
    assert bai.post(f"{here}/discard", data={"seen": seen}).location == "/wording"
    assert bai.get(here).status_code == 404
    assert begin(bai) == here


def test_a_published_version_has_no_such_page_and_nobody_else_has_one(
    he: FlaskClient, qin: FlaskClient, bai: FlaskClient
) -> None:
    assert bai.get("/wording/1/discard").status_code == 404
    here = begin(bai)
    for browser in (he, qin):
        assert browser.get(f"{here}/discard").status_code == 404
        assert browser.post(f"{here}/discard").status_code == 404
