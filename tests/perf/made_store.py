"""Fills a store with runs that nobody ran: many tasks, methods and seeds, with the schema of the project itself."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import numpy as np

from suite.hashing import canonical_json, digest
from suite.store.writing import Writer

PLUGIN = '''"""Tasks and methods of a made store; none of them can run."""

from suite import Card, Column, Method, Metric, Outcome, Task, Track, hookimpl


class Made(Method):
    track = "made"


class MadeTask(Task):
    version = "1"
    tier = "embedded"
    summary = "Made, not measured."
    metrics = tuple(
        Metric(name=f"metric{{i}}", direction="higher", bounds=(0, 1), unit="fraction", definition="It is made.")
        for i in range({metrics})
    )
    primary = Column(metric="metric0", subset="subset0")
    subsets = ("subset0", "subset1")
    seeds = tuple(range({seeds}))

    def evaluate(self, method, context):
        return Outcome(scores=())


@hookimpl
def suite_register_tracks(register):
    register(Track(name="made", title="Made", question="How does the board bear it?", contract=Made))


@hookimpl
def suite_register_methods(register):
    for i in range({methods}):
        card = Card(title=f"Made method {{i}}", status="paper", paper=f"Paper {{i}}", authors="A. Author", year=2020)
        register(type(f"Made{{i}}", (Made,), {{"name": f"method-{{i:04d}}", "version": "1", "card": card}}))


@hookimpl
def suite_register_tasks(register):
    for i in range({tasks}):
        register(type(f"Task{{i}}", (MadeTask,), {{"id": f"made/task-{{i:03d}}", "title": f"Made task {{i}}"}}))
'''
RUN = (
    "INSERT INTO run (id, cell, attempt, state, owner, started, ended, environment, wall_seconds, peak_memory_bytes, "
    "cost, facts, tuning, missing, ingredients) VALUES (?,?,1,?,'made:1:0','2026-01-01 00:00:00','2026-01-01 00:00:09',"
    "'e',2.5,314572800,?,?,'null','[]',?)"
)
CELL = (
    "INSERT INTO cell (id, identity, protocol, task, task_version, method, method_version, parameters, seed) "
    "VALUES (?,?,?,?,'1',?,'1','{}',?)"
)
SCORE = (
    'INSERT INTO score (run, metric, subset, metric_version, value, n, partial, "interval") VALUES (?,?,?,1,?,1000,0,?)'
)


def make_store(home: Path, *, tasks: int, methods: int, seeds: int, metrics: int = 5) -> Path:
    """Fill a new store with a run of every method on every task and seed, twice as many scores each as metrics.

    One run in 200 has failed. Returns the plugin that the store needs.
    """
    home.mkdir(parents=True)
    plugin = home / "made_plugin.py"
    plugin.write_text(PLUGIN.format(tasks=tasks, methods=methods, seeds=seeds, metrics=metrics))
    file = home / "suite.db"
    Writer(f"sqlite:///{file}").close()
    rng = np.random.default_rng(20260101)
    skill = rng.normal(0.75, 0.06, methods)
    columns = [(f"metric{m}", f"subset{s}") for m in range(metrics) for s in range(2)]
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("INSERT INTO environment VALUES ('e', '{}')")
    number = 0
    for t in range(tasks):
        task, protocol = f"made/task-{t:03d}", digest(t)
        ingredients, facts = json.dumps({"data/made": protocol}), json.dumps({"reference model": f"made {t}"})
        effect = rng.normal(0, 0.01, seeds)
        for m in range(methods):
            for s in range(seeds):
                identity = {"task": task, "method": m, "seed": s, "method_source": None}
                cell, run, failed = digest(identity), f"{number:016x}"[::-1], number % 200 == 199
                name = f"made/method-{m:04d}"
                connection.execute(CELL, (cell, canonical_json(identity), protocol, task, name, s))
                cost = json.dumps({"fit_seconds": rng.gamma(2, 0.5), "score_seconds": rng.gamma(2, 0.1)})
                connection.execute(RUN, (run, cell, "failed" if failed else "done", cost, facts, ingredients))
                if not failed:
                    values = np.clip(skill[m] + effect[s] + rng.normal(0, 0.012, len(columns)), 0, 1).tolist()
                    rows = [
                        (
                            run,
                            metric,
                            subset,
                            value,
                            json.dumps({"low": value, "high": value, "level": 0.95, "basis": "made", "n": 1000}),
                        )
                        for (metric, subset), value in zip(columns, values, strict=True)
                    ]
                    connection.executemany(SCORE, rows)
                number += 1
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return plugin


def touch_a_run(home: Path, task: str) -> None:
    """Let the last finished run of a task end a second later, as if it had been made again."""
    connection = sqlite3.connect(home / "suite.db")
    connection.execute(
        "UPDATE run SET ended = datetime(ended, '+1 second') WHERE id = (SELECT run.id FROM run JOIN cell ON "
        "run.cell = cell.id WHERE cell.task = ? AND run.state = 'done' ORDER BY run.ended DESC LIMIT 1)",
        (task,),
    )
    connection.commit()
    connection.close()
