"""Can the two times of a visit stand? Asked while they are typed, and with everything else that a form says wrong."""

from datetime import date

from flask_babel import gettext as _

from hometeach.visits.recording.actions import time_fault_words
from hometeach.web.look import sentence_gap
from hometeach.web.recording.form import RecordForm, second_of
from hometeach.web.recording.verdict import Told
from hometeach.web.states import State


def faults_of(form: RecordForm, day: date) -> list[tuple[str, str]]:
    """What is wrong with the times of the form, by the name of the question; nothing as long as one is missing."""
    arrived, left = form.arrived.data, form.left.data
    if arrived is None or left is None:
        return []
    return time_fault_words(second_of(arrived), second_of(left), day)


def say_faults(form: RecordForm, day: date) -> None:
    """Say beside the questions what is wrong with the times."""
    for name, message in faults_of(form, day):
        form[name].errors = [*form[name].errors, message]


def faults_told(form: RecordForm, day: date) -> Told | None:
    """What is wrong with the times, where a verdict would stand; None where they can be."""
    messages = dict.fromkeys(message for _name, message in faults_of(form, day))
    return Told(State.OPEN, _("the times cannot be right"), sentence_gap().join(messages)) if messages else None
