"""Does a message leave the house at most once, whoever dies at whatever moment, and does none get lost?"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from hometeach.kernel import delivering, doubting, outbox
from hometeach.kernel.clock import ClockWatch, machine_now
from hometeach.kernel.delivering import Answer, Parcel, Reply, Terms, deliver_batch
from hometeach.kernel.doubting import ClockGuard
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import committed
from hometeach.kernel.outbox import Channel, Message, MessageState

LEASE = timedelta(minutes=5)
ACCEPTED = Reply(Answer.ACCEPTED, "smtp:250")


class Service:
    """A gateway that answers as it is told, and keeps what it was handed."""

    channel = Channel.EMAIL
    honours_keys = False
    longest = timedelta(seconds=100)

    def __init__(self, *answers: Reply, then: Callable[[], None] = lambda: None):
        self.answers, self.then = list(answers), then
        self.handed: list[Parcel] = []

    def deliver(self, parcel: Parcel, hand_over: Callable[[], None]) -> Reply:
        answer = self.answers.pop(0) if self.answers else ACCEPTED
        if answer.said == "smtp:unreachable":
            return answer
        hand_over()
        self.handed.append(parcel)
        self.then()
        return answer

    def close(self) -> None:
        pass


class Clock:
    """A clock that goes on when it is told."""

    def __init__(self) -> None:
        self.at = machine_now() + timedelta(seconds=1)

    def __call__(self) -> datetime:
        return self.at

    def on(self, **amount: float) -> None:
        self.at += timedelta(**amount)


@pytest.fixture
def clock(app) -> Clock:
    return Clock()


@pytest.fixture
def terms(clock: Clock) -> Terms:
    return Terms(lease=LEASE, now=clock)


def posted(key: str = "one", **values) -> Message:
    with committed():
        outbox.post(
            key,
            kind="test",
            to="account:x",
            channel=values.pop("channel", Channel.EMAIL),
            body="words",
            address="lin@example.org",
            subject="subject",
            **values,
        )
    return stood(key)


def stood(key: str = "one") -> Message:
    db.session.rollback()
    statement = sa.select(Message).where(Message.key == key).execution_options(populate_existing=True)
    return db.session.scalars(statement).one()


def answers(key: str = "one") -> list[Answer]:
    return [attempt.answer for attempt in delivering.attempts_at(stood(key))]


def test_a_message_is_claimed_delivered_and_settled(terms):
    message = posted()
    service = Service()
    assert deliver_batch(service, terms) == 1
    assert [(one.key, one.address, one.body) for one in service.handed] == [
        (message.public_id, "lin@example.org", "words")
    ]
    assert stood().state is MessageState.SENT
    assert (stood().attempts, answers()) == (1, [Answer.ACCEPTED])
    assert deliver_batch(service, terms) == 0, "and it is not sent again"


def test_no_transaction_is_open_while_the_gateway_thinks(terms):
    posted()
    service = Service(then=lambda: seen.append(db.session.registry().in_transaction()))
    seen: list[bool] = []
    deliver_batch(service, terms)
    assert seen == [False]


def test_what_is_refused_for_now_is_tried_later_and_parked_in_the_end(terms, clock):
    posted()
    service = Service(*[Reply(Answer.RETRY, "smtp:451")] * 5)
    for number in range(1, 6):
        assert deliver_batch(service, terms) == 1
        assert deliver_batch(service, terms) == 0, "not at once"
        assert stood().attempts == number
        clock.on(hours=2)
    assert stood().state is MessageState.PARKED
    assert deliver_batch(service, terms) == 0
    with committed():
        assert delivering.send_again(stood())
    clock.on(days=1)
    deliver_batch(service, terms)
    assert (stood().state, stood().attempts) == (MessageState.SENT, 1)


def test_what_is_refused_for_good_is_not_tried_again(terms, clock):
    posted()
    service = Service(Reply(Answer.FINAL, "smtp:550"))
    deliver_batch(service, terms)
    clock.on(days=1)
    assert deliver_batch(service, terms) == 0
    assert (stood().state, stood().last_error) == (MessageState.REFUSED, "smtp:550")


def test_what_may_have_gone_out_waits_for_a_person(terms, clock):
    posted()
    service = Service(Reply(Answer.UNKNOWN, "smtp:no_answer"))
    deliver_batch(service, terms)
    clock.on(days=1)
    assert deliver_batch(service, terms) == 0
    assert stood().state is MessageState.UNKNOWN
    with committed():
        assert delivering.call_it_sent(stood())
    assert stood().state is MessageState.SENT
    with committed():
        assert not delivering.send_again(stood()), "the second of two people finds it decided"


def test_what_may_have_gone_out_is_asked_again_where_the_gateway_knows_the_key(terms, clock):
    posted()
    service = Service(Reply(Answer.UNKNOWN, "http:no_answer"))
    service.honours_keys = True
    deliver_batch(service, terms)
    clock.on(hours=1)
    deliver_batch(service, terms)
    assert stood().state is MessageState.SENT
    assert len({one.key for one in service.handed}) == 1


def test_a_process_that_died_before_the_words_left_loses_nothing(terms, clock):
    posted()
    with committed():
        delivering.claim_next(Channel.EMAIL, terms)
    assert deliver_batch(Service(), terms) == 0, "as long as the lease runs"
    clock.on(minutes=6)
    deliver_batch(Service(), terms)
    clock.on(minutes=6)
    deliver_batch(Service(), terms)
    assert stood().state is MessageState.SENT
    assert answers() == [Answer.DIED, Answer.ACCEPTED]


def test_a_process_that_died_after_the_words_left_leaves_a_message_for_a_person(terms, clock):
    posted()

    def die() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver_batch(Service(then=die), terms)
    clock.on(minutes=6)
    assert deliver_batch(Service(), terms) == 0
    assert (stood().state, answers()) == (MessageState.UNKNOWN, [Answer.DIED])


def test_whoever_lost_the_message_does_not_hand_it_over(terms, clock):
    """A process is stopped for longer than its lease, and goes on after another one took the message up."""
    posted()
    other = Service()

    class Stopped(Service):
        def deliver(self, parcel: Parcel, hand_over: Callable[[], None]) -> Reply:
            clock.on(minutes=6)
            deliver_batch(other, terms)
            clock.on(minutes=6)
            deliver_batch(other, terms)
            return super().deliver(parcel, hand_over)

    stopped = Stopped()
    deliver_batch(stopped, terms)
    assert (len(other.handed), len(stopped.handed)) == (1, 0)
    assert stood().state is MessageState.SENT


def test_a_late_answer_is_believed_while_nobody_has_decided(terms, clock):
    posted()

    def stall() -> None:
        clock.on(minutes=6)
        deliver_batch(Service(), terms)
        assert stood().state is MessageState.UNKNOWN

    deliver_batch(Service(then=stall), terms)
    assert stood().state is MessageState.SENT


def test_a_gateway_that_is_down_is_left_alone_and_parks_nothing(terms, clock):
    for key in ("one", "two"):
        posted(key)
    down = Reply(Answer.RETRY, "smtp:unreachable", is_down=True)
    for _ in range(8):
        assert deliver_batch(Service(down, down), terms) == 0
        assert stood("two").attempts == 0, "only one message finds out"
        clock.on(hours=2)
        with committed():
            db.session.execute(sa.update(Message).where(Message.key == "two").values(not_before=clock()))
    assert stood().state is MessageState.WAITING
    deliver_batch(Service(), terms)
    assert {stood(key).state for key in ("one", "two")} == {MessageState.SENT}


def test_a_message_is_not_begun_when_the_lease_is_nearly_over(terms, clock):
    for key in ("one", "two"):
        posted(key)
    service = Service(then=lambda: clock.on(minutes=4))
    deliver_batch(service, terms)
    assert [stood(key).state for key in ("one", "two")] == [MessageState.SENT, MessageState.WAITING]
    assert stood("two").attempts == 0


def test_what_is_not_true_any_more_is_not_sent(terms):
    posted()
    service = Service()
    deliver_batch(service, replace(terms, why_not=lambda _message: "no_longer_true"))
    assert service.handed == []
    assert (stood().state, stood().last_error) == (MessageState.SUPERSEDED, "no_longer_true")


def test_what_comes_too_late_is_not_sent(terms, clock):
    posted(expires_at=clock() + timedelta(minutes=10))
    clock.on(minutes=11)
    service = Service()
    deliver_batch(service, terms)
    assert (service.handed, stood().last_error) == ([], "too_late")


def test_in_the_quiet_hours_only_codes_go_out(terms):
    posted("reminder")
    posted("code", is_secret=True)
    service = Service()
    deliver_batch(service, replace(terms, only_codes=lambda: True))
    assert [stood(key).state for key in ("reminder", "code")] == [MessageState.WAITING, MessageState.SENT]


def test_a_clock_that_jumps_in_the_middle_of_a_batch_closes_nothing_as_too_late(terms, clock):
    for key in ("one", "two"):
        posted(key, expires_at=clock() + timedelta(days=2))
    jumped: list[bool] = []

    def jump() -> None:
        jumped.append(True)
        clock.on(days=400)

    deliver_batch(Service(then=jump), replace(terms, only_codes=lambda: bool(jumped)))
    assert [stood(key).state for key in ("one", "two")] == [MessageState.SENT, MessageState.WAITING]


def test_codes_go_before_all_others(terms):
    for number in range(delivering.BATCH):
        posted(f"reminder {number}")
    code = posted("code", is_secret=True)
    service = Service()
    deliver_batch(service, terms)
    assert service.handed[0].key == code.public_id


def test_a_message_that_cannot_be_opened_does_not_hold_up_the_next(terms):
    broken = posted("broken")
    with committed():
        db.session.execute(sa.update(Message).where(Message.id == broken.id).values(body_sealed=b"1broken"))
    posted("whole")
    deliver_batch(Service(), terms)
    assert [stood(key).state for key in ("broken", "whole")] == [MessageState.WAITING, MessageState.SENT]
    assert stood("broken").last_error == "fault"


class SetClock:
    """A wall clock that somebody sets, beside one that only counts."""

    def __init__(self) -> None:
        self.wall, self.ticks = datetime(2026, 11, 23, 8, tzinfo=UTC), 1000.0

    def watch(self) -> ClockWatch:
        return ClockWatch(lambda: self.wall, lambda: self.ticks)

    def go_on(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.ticks += seconds


@pytest.fixture
def guard(app) -> tuple[ClockGuard, SetClock]:
    watched = SetClock()
    return ClockGuard(watched.watch()), watched


@pytest.mark.parametrize("jump", [timedelta(days=-1), timedelta(seconds=-61), timedelta(days=400)])
def test_a_clock_that_is_set_is_doubted_until_somebody_says_that_it_is_right(guard, jump):
    guard, watched = guard
    assert not guard.is_doubted()
    watched.go_on(3600)
    assert not guard.is_doubted(), "time that goes by is no jump"
    watched.wall += jump
    assert guard.is_doubted()
    assert guard.is_doubted()
    assert doubting.open_jump().seconds == int(jump.total_seconds())
    with committed():
        assert doubting.trust_the_clock(by="guan") == 1
    assert not guard.is_doubted()
    watched.wall += jump
    assert guard.is_doubted(), "and the next time it is set it is doubted again"


def test_a_clock_that_is_put_back_is_trusted_again_by_itself(guard):
    guard, watched = guard
    watched.wall += timedelta(days=400)
    assert guard.is_doubted()
    watched.wall -= timedelta(days=400)
    assert not guard.is_doubted()


@pytest.mark.parametrize("seconds", [-60, 59])
def test_a_clock_that_drifts_is_not_doubted(guard, seconds):
    guard, watched = guard
    watched.wall += timedelta(seconds=seconds)
    assert not guard.is_doubted()


def test_a_process_that_starts_by_a_clock_set_back_doubts_it(terms, clock):
    clock.on(days=2)
    posted()
    deliver_batch(Service(), terms)
    assert ClockGuard().is_doubted()
