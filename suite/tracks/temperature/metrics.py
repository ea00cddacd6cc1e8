"""The metrics of annealing."""

from __future__ import annotations

from suite.contracts import Metric

END, QUARTER, SIXTEENTH = "whole-budget", "quarter-budget", "sixteenth-budget"
SUBSETS = (END, QUARTER, SIXTEENTH)
"""The answer, and where a run stood when it had spent a part of its budget."""
SHARE = Metric(
    name="share_in_global_well",
    direction="higher",
    bounds=(0, 1),
    unit="fraction",
    definition="Share of runs whose walker 0 is in a global well, when the budget or a part of it is spent.",
)
EXACT = Metric(
    name="exact_share",
    direction="higher",
    bounds=(0, 1),
    unit="fraction",
    definition="The same by the law of the chain of steps, without Monte Carlo error, for the inverse temperatures "
    "that were walked; of methods that do nothing but walk with one walker, on landscapes whose chain is known.",
)
LOW = Metric(
    name="share_near_minimum",
    direction="higher",
    bounds=(0, 1),
    unit="fraction",
    definition="Share of runs that end less than the task's delta above the lowest energy.",
)
ENERGY = Metric(
    name="mean_energy",
    direction="lower",
    unit="energy",
    definition="Mean energy at the end above the lowest one. It looks good of runs that are trapped and cold: see the "
    "share.",
)
BETA = Metric(
    name="final_beta",
    direction="higher",
    bounds=(0, None),
    unit="1/energy",
    definition="Inverse temperature of the last step, of the coldest walker; not to rank by.",
)
EVALUATIONS = Metric(
    name="evaluations_spent",
    direction="lower",
    bounds=(0, None),
    unit="evaluations",
    definition="Evaluations of gradient or energy that a run spent, by all of its walkers.",
)
SECONDS = Metric(
    name="seconds",
    direction="lower",
    bounds=(0, None),
    unit="s",
    definition="Wall-clock seconds of all runs, walking included, the exact chain not.",
)
METRICS = (SHARE, EXACT, LOW, ENERGY, BETA, EVALUATIONS, SECONDS)
