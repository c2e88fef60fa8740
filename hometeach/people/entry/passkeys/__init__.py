"""A key in a person's own device, in place of the code of an app (WebAuthn)."""
