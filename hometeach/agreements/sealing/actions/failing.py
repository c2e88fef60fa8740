"""How an attempt ends without a seal: a step failed, or another process was quicker."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from hometeach.agreements.sealing.keys import KeyUnusable
from hometeach.agreements.sealing.rules import Step
from hometeach.agreements.sealing.timestamps import Failure
from hometeach.kernel.errors import Refused

log = logging.getLogger(__name__)


class StepFailed(Exception):  # noqa: N818 - a state of the world
    """A step did not succeed; ``told`` says why without personal data."""

    def __init__(self, step: Step, told: str, failures: tuple[Failure, ...] = ()):
        super().__init__(f"{step}: {told}")
        self.step, self.told, self.failures = step, told, failures


class Overtaken(Exception):  # noqa: N818 - a state of the world
    """The lease ran out and another process took the offer up, or has sealed it."""


@contextmanager
def at(step: Step) -> Iterator[None]:
    """Tell a failure by the step it happened at.

    Raises: StepFailed.
    """
    try:
        yield
    except (StepFailed, Overtaken):
        raise
    except Refused as refused:
        raise StepFailed(step, refused.message) from refused
    except KeyUnusable as unusable:
        raise StepFailed(step, str(unusable)) from unusable
    except Exception as failed:
        log.exception("sealing failed at the step %s", step)
        raise StepFailed(step, type(failed).__name__) from failed
