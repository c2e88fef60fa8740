"""Is every word said in Chinese, and does the door to the catalogue refuse what would break on a page?"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import words

ROOT = Path(__file__).resolve().parent.parent

PAGE = """\
{{ _("Hello %(name)s", name=teacher) }}
{% trans trimmed count=children %}
  one child
{% pluralize %}
  {{ count }} children
{% endtrans %}
"""


@pytest.fixture
def small_house(tmp_path: Path) -> Path:
    """A tree with one page and one module that say something, and no Chinese yet."""
    shutil.copy(ROOT / "babel.cfg", tmp_path)
    (tmp_path / "hometeach").mkdir()
    (tmp_path / "hometeach" / "words.py").write_text('GREETING = _("Good morning")\n')
    (tmp_path / "templates" / "home").mkdir(parents=True)
    (tmp_path / "templates" / "home" / "page.html").write_text(PAGE)
    return tmp_path


def added(house: Path, text: str) -> tuple[list[str], list[str]]:
    return words.add(words.parsed(text), house)


ALL_OF_IT = "Good morning\t早上好\nHello %(name)s\t%(name)s，您好\none child\t%(count)s 名儿童\n"


def test_every_message_of_the_application_is_said_in_chinese():
    assert words.complaints() == []


def test_every_message_that_code_and_templates_use_is_found(small_house):
    found = [words.english_of(message) for message in words.extracted(small_house) if message.id]
    assert sorted(found) == ["Good morning", "Hello %(name)s", "one child"]


def test_a_message_without_chinese_is_named_with_its_place(small_house):
    added(small_house, "Good morning\t早上好\none child\t%(count)s 名儿童\n")
    assert words.complaints(small_house) == ["not translated: 'Hello %(name)s' (templates/home/page.html:1)"]


def test_a_complete_catalogue_has_no_complaint(small_house):
    assert added(small_house, ALL_OF_IT)[0] == ["Good morning", "Hello %(name)s", "one child"]
    assert words.complaints(small_house) == []


def test_adding_the_same_lines_again_changes_nothing(small_house):
    added(small_house, ALL_OF_IT)
    before = words.po_file(small_house).read_bytes()
    assert added(small_house, ALL_OF_IT) == ([], [])
    assert words.po_file(small_house).read_bytes() == before


def test_the_order_of_adding_leaves_no_trace_in_the_file(small_house):
    added(small_house, ALL_OF_IT)
    forward = words.po_file(small_house).read_bytes()
    words.po_file(small_house).unlink()
    for line in reversed(ALL_OF_IT.splitlines()):
        added(small_house, line)
    assert words.po_file(small_house).read_bytes() == forward


def test_another_translation_is_told_with_the_old_one(small_house):
    added(small_house, ALL_OF_IT)
    assert added(small_house, "Good morning\t您早") == ([], ["'Good morning': '早上好' -> '您早'"])


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        pytest.param("Hello %(name)s\t您好", "names ['name'], its Chinese names []", id="placeholder lost"),
        pytest.param("Hello %(name)s\t%(nom)s，您好", "its Chinese names ['nom']", id="placeholder renamed"),
        pytest.param("one child\t一名儿童", "names ['count'], its Chinese names []", id="figure of the plural lost"),
        pytest.param("Hello %(name)s\t%(name)s，100% 好", "write %%", id="lone percent sign"),
        pytest.param("Good morning\t早上好,老师", "half-width mark", id="half-width comma"),
        pytest.param("Good morning", "write English <tab> Chinese", id="no tab"),
        pytest.param("Good morning\t ", "write English <tab> Chinese", id="nothing in Chinese"),
    ],
)
def test_a_line_that_would_break_on_a_page_is_refused_and_nothing_taken_in(small_house, line, fault):
    with pytest.raises(words.CatalogueRefused) as refusal:
        added(small_house, f"Good morning\t早上好\n{line}\n")
    assert "line 2" in str(refusal.value)
    assert fault in str(refusal.value)
    assert not words.po_file(small_house).exists()


def test_line_breaks_tabs_and_remarks_are_read_as_written():
    lines = words.parsed("# a remark\n\nFirst\\nsecond\\tthird \\\\n\t第一\\n第二\n")
    assert [(line.english, line.chinese) for line in lines] == [("First\nsecond\tthird \\n", "第一\n第二")]


def test_a_message_no_longer_used_is_named(small_house):
    added(small_house, ALL_OF_IT + "Good evening\t晚上好\n")
    assert words.complaints(small_house) == ["no longer used: 'Good evening'"]


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        pytest.param("{{ _('100% given') }}", "write %%", id="lone percent sign in a template"),
        pytest.param("{% trans %} given {% endtrans %}", "trans trimmed", id="stray white space"),
    ],
)
def test_english_that_a_page_could_not_show_is_named(small_house, page, fault):
    added(small_house, ALL_OF_IT)
    (small_house / "templates" / "home" / "other.html").write_text(page)
    assert [fault in complaint for complaint in words.complaints(small_house)] == [True]


def test_two_people_adding_at_the_same_time_lose_nothing(small_house):
    shutil.copytree(ROOT / "tools", small_house / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    adding = []
    for person in range(4):
        file = small_house / f"{person}.tsv"
        file.write_text("".join(f"Word {person} {n}\t词 {person} {n}\n" for n in range(50)))
        adding.append(subprocess.Popen([sys.executable, "-m", "tools.catalogue", "add", file], cwd=small_house))
    assert [process.wait() for process in adding] == [0, 0, 0, 0]
    assert len(words.read(small_house)) == 200
