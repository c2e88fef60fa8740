"""What every form that changes something carries: the word by which it is answered once."""

import secrets

from flask_wtf import FlaskForm
from wtforms import HiddenField


class Form(FlaskForm):
    """A form that does its work once, however often it is sent: see ``kernel/receipts.py``.

    The word is made when the form is first shown and comes back with it, also
    after an error; ``form.hidden_tag()`` writes it.
    """

    once = HiddenField(default=lambda: secrets.token_urlsafe(12))
