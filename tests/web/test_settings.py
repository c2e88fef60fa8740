"""What a bureau sets: dated, with a source, and never backwards."""

from datetime import date

import pytest
import sqlalchemy as sa

from hometeach.compliance.actions import rebuild_ledger
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.kernel.settings import DEFAULTS, Setting, setting, whole_number
from hometeach.people.access import Role
from hometeach.visits.models import Visit
from hometeach.visits.rules import Confirmation
from hometeach.web.words.settings import NAMES

LATER = {"value": "3", "first": "2026-12-01", "source": "X教发〔2026〕21号"}


def test_every_setting_has_a_name_for_people():
    assert set(NAMES) == set(DEFAULTS)


def test_a_value_holds_from_its_day_on(bare_app, signed_in):
    officer = signed_in(Role.BUREAU_OFFICER)
    assert officer.post("/settings/late_entry_days", data=LATER).status_code == 302
    with bare_app.app_context():
        assert whole_number("late_entry_days", date(2026, 11, 30)) == 7
        assert whole_number("late_entry_days", date(2026, 12, 1)) == 3
    page = officer.get("/settings/late_entry_days").text
    assert "X教发〔2026〕21号" in page
    assert "7" in page


@pytest.mark.parametrize(
    ("name", "changed", "said"),
    [
        pytest.param("late_entry_days", {"value": "many"}, "7", id="no number"),
        pytest.param("late_entry_days", {"value": "-1"}, "7", id="less than nothing"),
        pytest.param("finding_back_days", {"value": "999999"}, "365", id="before the calendar begins"),
        pytest.param("late_entry_days", {"value": "７"}, "7", id="full width"),
        pytest.param("family_reminder_hour", {"value": "24"}, "17", id="no hour"),
        pytest.param("late_entry_days", {"first": "2026-11-22"}, "今天", id="yesterday"),
        pytest.param("late_entry_days", {"source": ""}, "文件", id="no source"),
        pytest.param("make_up_hours", {"value": "8-18"}, "08:00-18:00", id="hours that cannot be read"),
        pytest.param("ladder_record_missing", {"value": "everybody+1"}, "teacher+1", id="a ladder for nobody"),
    ],
)
def test_what_cannot_hold_is_refused_beside_its_field(bare_app, signed_in, name, changed, said):
    officer = signed_in(Role.BUREAU_OFFICER)
    answer = officer.post(f"/settings/{name}", data={**LATER, **changed})
    assert answer.status_code == 422
    assert said in answer.text
    with bare_app.app_context():
        assert db.session.query(Setting).count() == 0
        assert setting(name, date(2027, 1, 1)) == DEFAULTS[name].value


def test_one_day_is_set_once(signed_in):
    officer = signed_in(Role.BUREAU_OFFICER)
    officer.post("/settings/late_entry_days", data=LATER)
    assert officer.post("/settings/late_entry_days", data={**LATER, "value": "4"}).status_code == 422


def test_an_unknown_name_is_not_there(signed_in):
    assert signed_in(Role.BUREAU_OFFICER).get("/settings/nothing").status_code == 404


def test_the_list_shows_what_holds_today(signed_in):
    page = signed_in(Role.ADMINISTRATOR).get("/settings").text
    assert all(str(value.value) in page for value in DEFAULTS.values())


def test_what_a_value_would_change_is_seen_before_it_is_set_and_nothing_stays_of_the_trial(bare_app, signed_in, cast):
    """Child An's lesson of September is not confirmed: with seven days to confirm it is found, with 200 it is not."""
    with bare_app.app_context(), committed():
        db.session.execute(sa.update(Visit).values(confirmation=Confirmation.UNCONFIRMED))
        rebuild_ledger()
    officer, look = signed_in(Role.BUREAU_OFFICER), {**LATER, "value": "200", "step": "look"}
    seen = officer.post("/settings/finding_unconfirmed_days", data=look)
    assert seen.status_code == 200
    assert "→ 0" in seen.text
    with bare_app.app_context():
        assert db.session.query(Setting).count() == 0
    assert officer.post("/settings/finding_unconfirmed_days", data={**look, "step": ""}).status_code == 302


def test_a_value_that_changes_nothing_today_says_so(signed_in):
    officer = signed_in(Role.BUREAU_OFFICER)
    assert "都不会改变" in officer.post("/settings/code_minutes", data={**LATER, "step": "look"}).text


def test_what_cannot_hold_is_not_tried(signed_in):
    officer = signed_in(Role.BUREAU_OFFICER)
    tried = officer.post("/settings/late_entry_days", data={**LATER, "value": "many", "step": "look"})
    assert tried.status_code == 422
