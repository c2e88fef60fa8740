"""Every component of the pages, live, with invented people. Stands in the demonstration only.

What the components are fed with in ``samples.py`` shows what a page has to bring.
"""

from flask import Blueprint, Response, current_app, render_template, request

from hometeach.kernel.errors import NotFound
from hometeach.web import words
from hometeach.web.base import open_to_all
from hometeach.web.design import samples
from hometeach.web.standings.pictures import TermLine
from hometeach.web.states import State, verdict_state

pages = Blueprint("design", __name__, url_prefix="/design")

WHY_OPEN = "stands in the demonstration only, and shows invented people"


@pages.before_request
def _in_the_demonstration_only() -> None:
    if not current_app.config["DEMONSTRATION"]:
        raise NotFound


@pages.get("")
@open_to_all(WHY_OPEN)
def show() -> str:
    """All components on one page."""
    return render_template(
        "design/show.html",
        strip=samples.strip(),
        stack=samples.stack(samples.CHILDREN),
        line_of=TermLine,
        states=[state for state in State if state is not State.NO_ROW],
        verdicts=[
            (verdict_state(item.verdict), words.verdict_words(item.verdict), words.verdict_sentence(item))
            for item in samples.judgements()
        ],
        sentences=samples.ledger_sentences(),
        visits=samples.visits(),
        events=samples.events(),
        changes=samples.changes(),
    )


@pages.get("/one-thing")
@open_to_all(WHY_OPEN)
def one_thing() -> str:
    """A page that does one thing, as it looks after a mistake; with ``?large`` as guardians see it."""
    return render_template(
        "design/one_thing.html", form=samples.form_with_mistakes(), large="large" in request.args, State=State
    )


@pages.get("/stack")
@open_to_all(WHY_OPEN)
def stack() -> str:
    """Three hundred and ten strips on one page."""
    return render_template("design/stack.html", stack=samples.stack(samples.county(310)))


@pages.get("/chart.svg")
@open_to_all(WHY_OPEN)
def chart() -> Response:
    """The picture of the chart component."""
    return Response(render_template("design/chart.svg"), mimetype="image/svg+xml")
