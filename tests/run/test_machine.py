"""What the machine did: a worker, a judge or the fork server killed from outside is nobody's failure."""

from __future__ import annotations

import multiprocessing.forkserver
import os
import signal
import threading
import time

import psutil
import pytest
from bench import Steps, gone

from suite.contracts import Executor, JobExit
from suite.run.executors import leftovers
from suite.run.retry import persistently
from suite.run.schedule import Deadline

SLOW = (("constant", "seconds", "0.5"),)


@pytest.fixture
def killing(bench, eventually):
    """Kill something as soon as a method has begun so often, while the block runs."""

    def start(victim, times: int = 1) -> threading.Thread:
        def kill() -> None:
            for time_ in range(times):
                eventually(lambda begun=time_: sum(bench.evaluations().values()) > begun)
                os.kill(victim(), signal.SIGKILL)

        thread = threading.Thread(target=kill)
        thread.start()
        return thread

    return start


def workers() -> list[psutil.Process]:
    """Return the children of this process's fork server."""
    server = psutil.Process(multiprocessing.forkserver._forkserver._forkserver_pid)
    return [child for child in server.children() if child.status() != psutil.STATUS_ZOMBIE]


def test_a_killed_worker_is_tried_again_and_the_cell_is_done(bench, killing) -> None:
    killer = killing(lambda: workers()[0].pid)
    assert bench.run("constant", seeds=(0,), overrides=SLOW).states == {"done": 1}
    killer.join()
    run = bench.runs()["constant", 0]
    assert (run.state, run.attempt, bench.evaluations()) == ("done", 1, {"constant 0": 2})


@pytest.mark.slow  # the server is started again: 4 s of CPU
def test_the_fork_server_is_started_again_and_no_neighbour_is_blamed(bench, killing) -> None:
    killer = killing(lambda: multiprocessing.forkserver._forkserver._forkserver_pid)
    summary = bench.run("constant", "twin", seeds=(0, 1), overrides=SLOW)
    killer.join()
    assert (summary.states, summary.clean) == ({"done": 4}, True)
    assert {run.attempt for run in bench.all_runs()} == {1}


@pytest.mark.slow  # likewise
def test_what_an_orphaned_worker_has_started_ends_with_it(bench, killing, eventually) -> None:
    server = multiprocessing.forkserver._forkserver

    def victim() -> int:
        eventually(lambda: bench.pids("grandchildren.txt"))
        return server._forkserver_pid

    killer = killing(victim)
    overrides = (("leaves-a-daemon", "waits", "true"),)
    assert bench.run("leaves-a-daemon", seeds=(0,), overrides=overrides, retries=0).states == {"killed": 1}
    killer.join()
    assert bench.runs()["leaves-a-daemon", 0].error.startswith("the server that starts workers was killed")
    (pid,) = bench.pids("grandchildren.txt")
    assert gone(pid)
    assert bench.run("twin", seeds=(0,)).states == {"done": 1}, "a server that died between cells is started again"


def test_without_retries_the_first_death_is_recorded(bench) -> None:
    assert bench.run("sigkill", seeds=(0,), retries=0).states == {"killed": 1}
    assert bench.evaluations() == {"sigkill 0": 1}


class _Scripted(Executor):
    """Ends jobs for the reasons that it is told, two at a time."""

    name = "scripted"

    def __init__(self, settings, script) -> None:
        super().__init__(settings, 2, lambda line: None)
        self.script, self.rounds = script, []

    def execute(self, jobs):
        """End each job with its next reason."""
        self.rounds.append([])
        for job in jobs:
            self.rounds[-1].append(job.task)
            yield JobExit(job, self.script[job.task].pop(0), "it died")


def test_the_last_try_comes_alone_and_after_all_others(bench, tmp_path) -> None:
    from suite.contracts import Job

    jobs = [Job("evaluate", name, 0, tmp_path / name, bench.settings()) for name in "abc"]
    for job in jobs:
        job.folder.mkdir()
        (job.folder / "left.txt").touch()
    script = {"a": ["machine"] * 3, "b": ["machine", "machine", "finished"], "c": ["failed"]}
    executor, steps = _Scripted(bench.settings(), script), Steps()
    ended = list(persistently(executor, iter(jobs), Deadline(), steps.message))
    assert executor.rounds == [["a", "a", "b", "b", "c"], ["a"], ["b"]]
    assert [(each.job.task, each.reason) for each in ended] == [("c", "failed"), ("a", "machine"), ("b", "finished")]
    assert ended[1].detail == "it died; 3 times, the last time alone"
    assert list(jobs[0].folder.iterdir()) == [], "each try finds its folder empty"
    assert sum("tried again alone" in line for line in steps.messages) == 2


def test_an_adopting_process_ends_all_that_is_below_it(tmp_path) -> None:
    note = tmp_path / "pids.txt"
    pid = os.fork()
    if pid == 0:
        leftovers.adopt()
        for _ in range(3):
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    with note.open("a") as file:
                        file.write(f"{os.getpid()}\n")
                    time.sleep(600)
                os._exit(0)
        while not note.exists() or len(note.read_text().split()) < 3:
            time.sleep(0.01)
        leftovers.end_all()
        os._exit(0)
    os.waitpid(pid, 0)
    assert all(gone(int(each)) for each in note.read_text().split())
