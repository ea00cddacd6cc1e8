"""Share in the global well against the budget, of every method: ``python -m tests.benchmarks.temperature.budgets``.

It draws docs/temperature-budgets.svg and needs vl-convert-python. Schedules are exact; for methods that see energies or
have several walkers it simulates 1,000 runs of one seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from suite.cache import Cache
from suite.contracts import Column, Resources, Setting, TaskContext
from suite.registry import load_registry
from suite.settings import load_settings
from suite.tracks.temperature import Schedule
from suite.tracks.temperature.metrics import END, SHARE

if TYPE_CHECKING:
    import pandas as pd

DRAWING = Path(__file__).parents[3] / "docs" / "temperature-budgets.svg"
TIMES = (6.25, 12.5, 25, 50, 100, 200, 400, 800, 1600)
BARRIERS = {"H*/2": 0.5, "H*": 1.0, "2 H*": 2.0}


def shares(task: Any, method: Any, times: Sequence[float], resources: Resources, runs: int = 1000) -> list[float]:
    """Return the share in the global well at the end of each budget."""
    task.runs = runs
    contexts = [TaskContext(0, resources, Setting({"budget": f"t{time:g}"})) for time in times]
    if not isinstance(method, Schedule):
        column = Column(metric=SHARE.name, subset=END)
        return [task.evaluate(method, context).samples.value(column).value for context in contexts]
    chain, told = task.landscape.chain(), [task.told(context) for context in contexts]
    return [float(chain.shares(method.betas(each), task.eta, [each.steps])[0]) for each in told]


def table() -> pd.DataFrame:
    """Return a row for each task, method and budget."""
    import pandas as pd

    registry, home = load_registry(), load_settings()
    resources = Resources(home, Cache(home.cache_folder))
    rows = []
    for task in (registry.tasks[f"temperature/{name}"]() for name in ("circle", "sphere")):
        methods = {entry.value.name: entry.value() for entry in registry.methods_of("temperature")}
        taken = {name: made for name, made in methods.items() if not task.declines(type(made), task.setting({}))}
        by_barrier = type(taken.pop("log-annealing"))
        named = {f"log-annealing, c = {c}": by_barrier(factor=factor) for c, factor in BARRIERS.items()}
        for name, method in {**taken, **named}.items():
            kind = "exact" if isinstance(method, Schedule) else "simulated"
            for time, share in zip(TIMES, shares(task, method, TIMES, resources), strict=True):
                rows.append({"task": task.id, "method": name, "kind": kind, "budget": time, "share": round(share, 4)})
    return pd.DataFrame(rows)


def draw(frame: pd.DataFrame, file: Path) -> None:
    """Draw shares by budget, a line for each method, a panel for each task."""
    import altair as alt

    last = frame[frame.budget == TIMES[-1]].groupby("method").share.mean().sort_values(ascending=False)
    below = {"title": None, "orient": "bottom", "columns": 5, "symbolType": "stroke"}
    scale = alt.Scale(type="log", domain=[TIMES[0], TIMES[-1]], nice=False)
    lines = alt.Chart(frame).encode(
        x=alt.X("budget:Q", scale=scale, axis=alt.Axis(values=list(TIMES)), title="budget (time)"),
        y=alt.Y("share:Q", scale=alt.Scale(domain=[0, 1]), title="share in the global well"),
        color=alt.Color(
            "method:N", sort=list(last.index), scale=alt.Scale(scheme="category20"), legend=alt.Legend(**below)
        ),
        strokeDash=alt.StrokeDash("kind:N", legend=alt.Legend(**below)),
    )
    panels = lines.mark_line().properties(width=380, height=360).facet(alt.Facet("task:N", title=""))
    panels.configure(background="white").save(file)


if __name__ == "__main__":
    draw(table(), DRAWING)
