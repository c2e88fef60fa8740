"""The staff's passkeys: the own ones under "My account", and one in place of a code when signing in."""

from flask import Blueprint

pages = Blueprint("passkeys", __name__, url_prefix="/account/passkeys")
at_sign_in = Blueprint("passkey_entry", __name__, url_prefix="/sign-in/passkey")
BLUEPRINTS = (pages, at_sign_in)

from hometeach.web.passkeys import entering, own  # noqa: E402, F401 - each hangs its views on a blueprint
