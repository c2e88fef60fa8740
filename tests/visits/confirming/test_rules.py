"""What the answers and the outcome of a dispute make of a record: every combination that can be."""

import pytest

from hometeach.visits.confirming.rules import Answer, DisputeState, confirmation_now, may_answer
from hometeach.visits.rules import Confirmation

AS_WRITTEN, SHORTER, NOBODY = Answer.AS_WRITTEN, Answer.SHORTER, Answer.DID_NOT_COME
CONFIRMED, UNCONFIRMED, DISPUTED = Confirmation.CONFIRMED, Confirmation.UNCONFIRMED, Confirmation.DISPUTED


@pytest.mark.parametrize(
    ("answers", "dispute", "before", "expected"),
    [
        pytest.param([], None, UNCONFIRMED, UNCONFIRMED, id="nobody said anything"),
        pytest.param([], None, CONFIRMED, CONFIRMED, id="confirmed by the list, nobody said anything here"),
        pytest.param([AS_WRITTEN], None, UNCONFIRMED, CONFIRMED, id="as written"),
        pytest.param([SHORTER], DisputeState.OPEN, UNCONFIRMED, DISPUTED, id="shorter"),
        pytest.param([NOBODY], DisputeState.OPEN, CONFIRMED, DISPUTED, id="nobody came, although confirmed before"),
        pytest.param([SHORTER, AS_WRITTEN], DisputeState.OPEN, DISPUTED, DISPUTED, id="another says as written"),
        pytest.param([SHORTER, AS_WRITTEN], DisputeState.WITHDRAWN, DISPUTED, CONFIRMED, id="taken back"),
        pytest.param([SHORTER], DisputeState.REJECTED, DISPUTED, CONFIRMED, id="rejected: the record stands"),
        pytest.param([SHORTER], DisputeState.UPHELD, DISPUTED, DISPUTED, id="upheld: disputed stays"),
        pytest.param([], DisputeState.CORRECTED, DISPUTED, UNCONFIRMED, id="corrected: the family is asked anew"),
        pytest.param([AS_WRITTEN], DisputeState.CORRECTED, UNCONFIRMED, CONFIRMED, id="the corrected one confirmed"),
        pytest.param([], DisputeState.REJECTED, DISPUTED, CONFIRMED, id="disputed by the list, rejected"),
    ],
)
def test_how_a_record_stands_confirmed(
    answers: list[Answer], dispute: DisputeState | None, before: Confirmation, expected: Confirmation
) -> None:
    assert confirmation_now(answers, dispute, before=before) is expected


@pytest.mark.parametrize(
    ("dispute", "may"),
    [
        (None, True),
        (DisputeState.OPEN, True),
        (DisputeState.WITHDRAWN, True),
        (DisputeState.CORRECTED, True),
        (DisputeState.REJECTED, False),
        (DisputeState.UPHELD, False),
    ],
)
def test_the_last_word_is_the_bureaus_once_it_has_decided(dispute: DisputeState | None, may: bool) -> None:
    assert may_answer(dispute) is may
