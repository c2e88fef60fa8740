"""At which address do passkeys work? The one that the deployment names for itself, never what a request claims."""

from urllib.parse import urlsplit

from flask import current_app

from hometeach.people.entry.passkeys.rules import RelyingParty


def relying_party() -> RelyingParty | None:
    """For whom passkeys are made here; None where the deployment names no address, so that there are none."""
    parts = urlsplit(current_app.config["PUBLIC_URL"])
    if not parts.hostname:
        return None
    return RelyingParty(id=parts.hostname, origin=f"{parts.scheme}://{parts.netloc}")
