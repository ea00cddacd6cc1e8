"""Measures a mitigation that is asked for all captions at once, as whoever does not know which are memorized would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from suite.contracts import Outcome
from suite.tracks.memorization.contract import Mitigation
from suite.tracks.memorization.long_tail.experiment import TailExperiment
from suite.tracks.memorization.long_tail.metrics import GROUPS, part
from suite.tracks.memorization.long_tail.samples import TailSamples
from suite.tracks.memorization.measuring import anchors, rows, sampled
from suite.tracks.memorization.metrics import FREE, ORDINARY, PLAIN, POINTS
from suite.tracks.memorization.plans import strengths_of

if TYPE_CHECKING:
    from torch import Tensor

    from suite.tracks.memorization.samples import MitigationSamples


def measured(method: Mitigation, experiment: TailExperiment) -> Outcome:
    """Return the outcome of a method's whole sweep; see `LongTailTask.evaluate`."""
    experiment.check_that_it_can_tell()
    strengths, count, seconds = strengths_of(method), len(experiment.specials.noise), 0.0
    norms, steps = experiment.anchors[f"{ORDINARY} norms"][0], len(experiment.sampler().times)
    guided = {"subset": PLAIN, "strength": "w", "evaluations": 2 * steps, "guidance": norms}
    free = {"subset": FREE, "strength": "0", "evaluations": steps, "guidance": norms}
    parts = [
        *anchors(experiment),
        *_groups(experiment, experiment.anchors[ORDINARY], guided),
        *_groups(experiment, experiment.anchors[part(ORDINARY, FREE)], free),
    ]
    for point, (label, strength) in zip(POINTS, strengths.items(), strict=False):
        images, told = sampled(method, strength, experiment, experiment.everyone)
        special, others = (
            {name: value[chosen] if hasattr(value, "shape") else value for name, value in told.items()}
            for chosen in (slice(count), slice(count, None))
        )
        named = {"subset": point, "strength": str(label)}
        parts.append(rows(experiment, experiment.specials, images[:count], {**special, **named}))
        parts += _groups(experiment, images[count:], {**others, **named})
        seconds += told["seconds"]
    facts = {"strengths": ", ".join(map(str, strengths)), "initial noises": experiment.noises[:16]}
    return Outcome(samples=TailSamples.joined(parts, {}), cost={"sweep_seconds": seconds}, facts=facts)


def _groups(experiment: TailExperiment, images: Tensor, told: dict[str, Any]) -> list[MitigationSamples]:
    """Return the rows of ordinary samples [N, C, H, W], group by group."""
    found = []
    for group in GROUPS:
        chosen = experiment.groups[group]
        own = {name: value[chosen] if hasattr(value, "shape") else value for name, value in told.items()}
        subset = part(group, told["subset"])
        found.append(rows(experiment, experiment.ordinary.of(chosen), images[chosen], {**own, "subset": subset}))
    return found
