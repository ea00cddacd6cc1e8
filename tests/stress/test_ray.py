"""Eight runners on one PostgreSQL and one Ray cluster of two nodes: no double, no loss, whatever is killed.

A node is killed, then a runner, and the server of the store is started again, all in mid-run.

Run with: pytest tests/stress/test_ray.py -n 0 -s
CELLS and RUNNERS set the size.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from pathlib import Path
from typing import Any

from bench import Bench
from crowd import wait_for
from nodes import NODE, running

from suite.store.reading import Reader

CELLS = int(os.environ.get("CELLS", "500"))
RUNNERS = int(os.environ.get("RUNNERS", "8"))


def test_500_cells_and_a_node_less(tmp_path: Path, postgres_server: Any) -> None:
    bench = Bench(tmp_path / "home")
    bench.home.mkdir()
    seeds = range(CELLS // 2)
    arguments = ["-m", "constant", "-m", "twin", *(word for seed in seeds for word in ("-s", str(seed)))]
    with running(tmp_path) as cluster:
        environment = {"RAY_ADDRESS": cluster.address, "SUITE_DATABASE": postgres_server.url}
        started, load = time.monotonic(), os.getloadavg()[0]
        runners = [bench.start(*arguments, "--executor", "ray", **environment) for _ in range(RUNNERS)]
        wait_for(bench, CELLS // 4, runners)
        victim = cluster.list_all_nodes()[-1]
        cluster.add_node(**NODE)
        cluster.remove_node(victim, allow_graceful=False)
        wait_for(bench, CELLS // 2, runners)
        runners[0].kill()
        wait_for(bench, CELLS * 2 // 3, runners[1:])
        postgres_server.control("restart", "2")
        outputs = [runner.communicate(timeout=1800)[0] for runner in runners]
        seconds = time.monotonic() - started
        again = bench.start(*arguments, "--executor", "ray", **environment)
        outputs.append(again.communicate(timeout=600)[0])
    reader = Reader(postgres_server.url)
    runs = [reader.run(run.id) for run in reader.latest_runs()]
    reader.close()
    there = {(run.cell.method, run.cell.seed): [score.value for score in run.scores] for run in runs}
    evaluations = bench.evaluations()
    here = Bench(tmp_path / "here")
    here.home.mkdir()
    here.run("constant", "twin", seeds=tuple(seeds))
    twice = {cell: count for cell, count in evaluations.items() if count > 1}
    print(
        f"\n{RUNNERS} runners, {CELLS} cells: {seconds:.0f} s; load {load:.1f}, then {os.getloadavg()[0]:.1f}\n"
        f"cells by runner {sorted(Counter(run.owner for run in runs).values(), reverse=True)}, runners that waited for "
        f"the store {sum('the store answers again' in output for output in outputs)}\n"
        f"states {dict(Counter(run.state for run in runs))}, cells with a run that counts {len(there)}, begun again "
        f"{sum(twice.values()) - len(twice)}\n"
        f"exit statuses {[runner.returncode for runner in (*runners, again)]}"
    )
    assert {run.state for run in runs} == {"done"}, outputs
    assert len(there) == len(runs) == CELLS, "no loss, no double"
    assert there == {(f"fast/{m}", s): [x.value for x in r.scores] for (m, s), r in here.runs().items()}
    assert sum(evaluations.values()) - CELLS <= 3, "what the node had under way, and two of the killed runner"
    assert "Traceback" not in "".join(outputs)
    assert list((bench.home / "pending").iterdir()) == []
    assert {runner.returncode for runner in runners[1:]} <= {0, 3}, "3: cells were left to another runner"
    assert again.returncode == 0
