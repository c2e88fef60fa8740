"""What may a person read when something is refused or absent?"""


class Refused(Exception):  # noqa: N818 - the word of the trade: an action is refused
    """An intention that a rule refuses.

    ``code`` is stable (``subject:reason``); ``message`` says, in the reader's
    language, what happened and what to do next; ``field`` names the form field
    that it belongs to, where there is one.
    """

    def __init__(self, code: str, message: str, field: str | None = None):
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field


class Gone(Exception):  # noqa: N818 - a state of the world, not a fault
    """What was about to be changed was removed by somebody else since it was looked at."""


class NotFound(Exception):  # noqa: N818 - a state of the world, not a fault
    """Nothing here for this person: absent and foreign are told alike."""
