"""Long work is done once, by whoever claimed it last, wholly or not at all."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from hometeach.kernel import jobs
from hometeach.kernel.clock import machine_now
from hometeach.kernel.errors import Refused
from hometeach.kernel.extensions import db
from hometeach.kernel.jobs import Job, JobState, Progress, committed
from hometeach.kernel.settings import Setting

Elsewhere = Callable[[Callable[[], Any]], Any]


@pytest.fixture
def elsewhere(bare_app: Flask) -> Iterator[Elsewhere]:
    """Run something as another process would: in a session of its own, at the same time."""
    with ThreadPoolExecutor(max_workers=1) as pool:

        def run(work: Callable[[], Any]) -> Any:
            def in_context() -> Any:
                with bare_app.app_context():
                    return work()

            return pool.submit(in_context).result(timeout=30)

        yield run


def ask(kind: str = "count", **arguments: Any) -> Job:
    with committed():
        return jobs.ask(kind, arguments, by="bai")


def write(name: str) -> None:
    """Something that a job does to the database."""
    db.session.add(Setting(name=name, value="1", effective_from=machine_now().date(), source="a job"))
    db.session.flush()


def written() -> list[str]:
    return sorted(db.session.scalars(sa.select(Setting.name)))


def stood(job: Job) -> Job:
    """The job as the database has it now."""
    db.session.rollback()
    db.session.refresh(job)
    return job


def overdue(job: Job) -> None:
    with committed():
        db.session.execute(
            sa.update(Job).where(Job.id == job.id).values(lease_until=machine_now() - timedelta(seconds=1))
        )


def test_a_job_is_done_with_its_arguments_and_its_outcome_is_kept_sealed(app: Flask) -> None:
    job = ask(child="C1")

    def work(arguments: Mapping[str, Any], _progress: Progress) -> dict[str, str]:
        write("done")
        return {arguments["child"]: "周小雨"}

    assert jobs.work_next({"count": work})
    assert stood(job).state is JobState.DONE
    assert job.has_ended
    assert job.outcome == {"C1": "周小雨"}
    assert "周小雨".encode() not in (job.outcome_sealed or b"")
    assert written() == ["done"]
    assert not jobs.work_next({"count": work}), "there is nothing left to do"


def test_a_kind_that_this_worker_does_not_know_is_left_waiting(app: Flask) -> None:
    job = ask("other")
    assert not jobs.work_next({"count": lambda _arguments, _progress: None})
    assert stood(job).state is JobState.WAITING


def test_the_oldest_job_comes_first(app: Flask) -> None:
    asked = [ask(n=n) for n in range(3)]
    done: list[int] = []
    while jobs.work_next({"count": lambda arguments, _progress: done.append(arguments["n"])}):
        pass
    assert done == [0, 1, 2]
    assert all(stood(job).state is JobState.DONE for job in asked)


def test_two_workers_at_once_do_each_job_once(bare_app: Flask, app: Flask) -> None:
    for n in range(12):
        ask(n=n)
    db.session.remove()
    done: list[int] = []
    start = Barrier(2)

    def work_off() -> None:
        with bare_app.app_context():
            start.wait()
            while jobs.work_next({"count": lambda arguments, _progress: done.append(arguments["n"])}):
                pass

    with ThreadPoolExecutor(max_workers=2) as pool:
        for worker in [pool.submit(work_off) for _n in range(2)]:
            worker.result(timeout=60)
    assert sorted(done) == list(range(12))
    assert set(db.session.scalars(sa.select(Job.state))) == {JobState.DONE}


def test_a_running_job_is_not_claimed_again_before_its_lease_ends(app: Flask, elsewhere: Elsewhere) -> None:
    ask()
    claimed_twice: list[bool] = []

    def work(_arguments: Mapping[str, Any], _progress: Progress) -> None:
        claimed_twice.append(elsewhere(lambda: jobs.work_next({"count": lambda _a, _p: None})))

    jobs.work_next({"count": work})
    assert claimed_twice == [False]


def test_a_worker_that_died_loses_its_job_to_the_next(app: Flask) -> None:
    job = ask()
    jobs._claim({"count": lambda _a, _p: None})  # claimed, and never heard of again
    overdue(job)
    assert jobs.work_next({"count": lambda _a, _p: write("second")})
    assert stood(job).state is JobState.DONE
    assert job.attempts == 2
    assert written() == ["second"]


def test_the_late_answer_of_an_overtaken_worker_is_undone(app: Flask, elsewhere: Elsewhere) -> None:
    job = ask()

    def slow(_arguments: Mapping[str, Any], _progress: Progress) -> str:
        elsewhere(lambda: overdue(job))
        elsewhere(lambda: jobs.work_next({"count": lambda _a, _p: write("fast") or "fast"}))
        write("slow")
        return "slow"

    jobs.work_next({"count": slow})
    assert stood(job).state is JobState.DONE
    assert job.outcome == "fast"
    assert written() == ["fast"]


@pytest.mark.parametrize("ending", [Refused("job:late", "zu spät"), RuntimeError("crash")], ids=["refused", "failed"])
def test_an_overtaken_worker_that_ends_badly_does_not_spoil_what_the_other_did(
    app: Flask, elsewhere: Elsewhere, ending: Exception
) -> None:
    job = ask()

    def slow(_arguments: Mapping[str, Any], _progress: Progress) -> None:
        elsewhere(lambda: overdue(job))
        elsewhere(lambda: jobs.work_next({"count": lambda _a, _p: "fast"}))
        raise ending

    jobs.work_next({"count": slow})
    assert stood(job).state is JobState.DONE
    assert job.outcome == "fast"


def test_what_a_cancelled_job_did_is_undone(app: Flask, elsewhere: Elsewhere) -> None:
    job = ask()

    def cancel() -> None:
        with committed():
            jobs.cancel(db.session.get_one(Job, job.id))

    def work(_arguments: Mapping[str, Any], _progress: Progress) -> None:
        elsewhere(cancel)
        write("after all")

    jobs.work_next({"count": work})
    assert stood(job).state is JobState.CANCELLED
    assert written() == []


def test_a_job_that_was_cancelled_in_time_is_never_begun(app: Flask) -> None:
    job = ask()
    with committed():
        jobs.cancel(job)
    assert not jobs.work_next({"count": lambda _a, _p: None})
    assert stood(job).state is JobState.CANCELLED


def test_a_job_that_has_ended_is_not_cancelled(app: Flask) -> None:
    job = ask()
    jobs.work_next({"count": lambda _a, _p: "done"})
    with committed():
        jobs.cancel(stood(job))
    assert stood(job).state is JobState.DONE


def test_a_refusal_is_kept_with_its_words_and_nothing_else(app: Flask) -> None:
    job = ask()

    def work(_arguments: Mapping[str, Any], _progress: Progress) -> None:
        write("half")
        raise Refused("workbook:old", "这份台账比上一次的旧。")

    jobs.work_next({"count": work})
    assert stood(job).state is JobState.REFUSED
    assert job.outcome == {"code": "workbook:old", "message": "这份台账比上一次的旧。"}
    assert written() == []


def test_a_crash_is_this_jobs_alone(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    poisoned, healthy = ask(poison=True), ask(poison=False)

    def work(arguments: Mapping[str, Any], _progress: Progress) -> str:
        write(f"poison {arguments['poison']}")
        return "fine" if not arguments["poison"] else 1 / 0  # type: ignore[return-value]

    while jobs.work_next({"count": work}):
        pass
    assert stood(poisoned).state is JobState.FAILED
    assert poisoned.outcome is None
    assert stood(healthy).state is JobState.DONE
    assert written() == ["poison False"]
    assert "ZeroDivisionError" in caplog.text


def test_a_job_that_kills_its_worker_again_and_again_is_parked_and_the_next_is_done(app: Flask) -> None:
    poisoned, healthy = ask(), ask()
    for _attempt in range(jobs.MOST_ATTEMPTS):
        jobs._claim({"count": lambda _a, _p: None})
        overdue(poisoned)
    assert jobs.work_next({"count": lambda _a, _p: "done"})
    assert stood(poisoned).state is JobState.FAILED
    assert stood(healthy).state is JobState.DONE


def test_progress_is_seen_from_outside_while_the_job_only_reads(app: Flask, elsewhere: Elsewhere) -> None:
    job = ask()
    seen: list[tuple[int, int]] = []

    def look() -> None:
        seen.append(tuple(db.session.execute(sa.select(Job.done, Job.total).where(Job.id == job.id)).one()))

    def work(_arguments: Mapping[str, Any], progress: Progress) -> None:
        with jobs.only_reading():
            progress.tell(3, 10)
            elsewhere(look)
        write("now")
        progress.tell(9, 10)

    jobs.work_next({"count": work})
    assert seen == [(3, 10)]
    assert (stood(job).done, job.total) == (3, 10)


def test_progress_is_a_sign_of_life_that_lengthens_the_lease(app: Flask, elsewhere: Elsewhere) -> None:
    job = ask()
    claimed: list[bool] = []

    def work(_arguments: Mapping[str, Any], progress: Progress) -> None:
        elsewhere(lambda: overdue(job))
        with jobs.only_reading():
            progress.tell(1, 2)
            claimed.append(elsewhere(lambda: jobs.work_next({"count": lambda _a, _p: None})))

    jobs.work_next({"count": work})
    assert claimed == [False]


def test_two_processes_of_one_name_may_begin_at_the_same_moment(bare_app: Flask) -> None:
    together = Barrier(2)

    def begin(_number: int) -> None:
        with bare_app.app_context():
            db.session.rollback()
            together.wait(20)
            jobs.beat("scheduler")
            db.session.remove()

    with ThreadPoolExecutor(2) as both:
        for _round in range(20):
            list(both.map(begin, range(2)))
            with bare_app.app_context(), committed():
                assert db.session.execute(sa.delete(jobs.Heartbeat)).rowcount == 1


def test_a_process_is_late_before_its_first_beat_and_after_a_long_silence(app: Flask) -> None:
    assert jobs.is_late("scheduler")
    jobs.beat("scheduler")
    assert not jobs.is_late("scheduler")
    with committed():
        silent_since = machine_now() - jobs.LATE_AFTER - timedelta(seconds=1)
        db.session.execute(sa.update(jobs.Heartbeat).values(at=silent_since))
    assert jobs.is_late("scheduler")
