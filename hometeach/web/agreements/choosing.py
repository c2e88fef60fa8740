"""What whoever signs an agreement chooses: asked on every form that takes a signature, and told on its pages."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice
from wtforms.validators import InputRequired

from hometeach.agreements.offers.choices import Choice, asked_in
from hometeach.agreements.offers.models import Offer
from hometeach.agreements.offers.wording import QUESTIONS
from hometeach.agreements.signing.rules import Facts, differences
from hometeach.web.forms import Form


class ChoosingForm(Form):
    """What the agreement leaves to whoever signs. Nothing is chosen beforehand."""

    place = RadioField(QUESTIONS[Choice.PLACE], validators=[InputRequired(_l("Choose one."))])
    times = RadioField(QUESTIONS[Choice.TIMES], validators=[InputRequired(_l("Choose one."))])

    def ask(self, offer: Offer) -> None:
        """Ask what this agreement leaves open, and nothing else."""
        asked = {one.name: one.options for one in asked_in(offer.terms)}
        for name in Choice:
            if name in asked:
                self[name].choices = [SelectChoice(option, option) for option in asked[name]]
            else:
                del self[name]

    @property
    def chosen(self) -> dict[str, str]:
        """What was chosen, by what was asked."""
        return {name.value: self[name].data for name in Choice if name in self}


@dataclass(frozen=True)
class Difference:
    """Something in which those who signed chose differently: the question, and each one's answer by name."""

    question: str
    answers: Sequence[tuple[str, str]]


def differences_in(offer: Offer, facts: Facts) -> list[Difference]:
    """In what the family chose differently, in words."""
    names = {one.id: one.name for one in offer.signers}
    return [
        Difference(str(QUESTIONS[Choice(name)]), [(names[signer], choice) for signer, choice in chosen.items()])
        for name, chosen in sorted(differences(facts).items())
    ]
