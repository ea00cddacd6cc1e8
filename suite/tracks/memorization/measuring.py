"""Measures a mitigation: plans, samples and judges at each of its strengths."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from suite.contracts import Column, Outcome, Value
from suite.diffusion.guidance import Sampler
from suite.lazy import torch
from suite.tracks.memorization import metrics
from suite.tracks.memorization.contract import Mitigation, MitigationContext
from suite.tracks.memorization.experiment import Experiment, Requests
from suite.tracks.memorization.judge import apart
from suite.tracks.memorization.metrics import FREE, ORDINARY, PLAIN, POINTS
from suite.tracks.memorization.plans import checked, strengths_of
from suite.tracks.memorization.rows import NONE
from suite.tracks.memorization.samples import MitigationSamples

if TYPE_CHECKING:
    from torch import Tensor


def measured(method: Mitigation, experiment: Experiment) -> Outcome:
    """Return the outcome of a method's whole sweep; see `MitigationTask.evaluate`."""
    experiment.check_that_it_can_tell()
    strengths, parts, seconds = strengths_of(method), anchors(experiment), 0.0
    distances = {subset: experiment.frechet_distance(experiment.anchors[subset]) for subset in (PLAIN, FREE)}
    for point, (label, strength) in zip(POINTS, strengths.items(), strict=False):
        try:
            images, told = sampled(method, strength, experiment, experiment.specials)
        except Exception as error:
            error.add_note(f"at the strength {label!r} of {method.name}")
            raise
        parts.append(rows(experiment, experiment.specials, images, {**told, "subset": point, "strength": str(label)}))
        distances[point] = experiment.frechet_distance(images)
        seconds += told["seconds"]
    count = len(experiment.specials.noise)
    frechet = {
        Column(metric=metrics.FRECHET.name, subset=subset): Value(distance, count)
        for subset, distance in distances.items()
    }
    samples = MitigationSamples.joined(parts, frechet)
    least = min(float(samples.memorized[samples.subset == point].mean()) for point in samples.points)
    facts = {
        "strengths": ", ".join(map(str, strengths)),
        "initial noises": experiment.noises[:16],
        "the sweep comes down to": f"{100 * least:.1f} % memorized"
        + ("" if least <= metrics.MEMORIZED_THERE else f", not to {100 * metrics.MEMORIZED_THERE:.0f} %"),
    }
    return Outcome(samples=samples, cost={"sweep_seconds": seconds}, facts=facts)


def anchors(experiment: Experiment) -> list[MitigationSamples]:
    """Return the rows of plain guidance, none, and plain guidance of ordinary captions."""
    found, steps = experiment.anchors, len(experiment.sampler().times)
    norms, ordinary = found[f"{PLAIN} norms"], found[f"{ORDINARY} norms"]
    return [
        rows(
            experiment,
            experiment.specials,
            found[PLAIN],
            {"subset": PLAIN, "strength": "w", "evaluations": 2 * steps, "guidance": norms[0], "norms": norms},
        ),
        rows(
            experiment,
            experiment.specials,
            found[FREE],
            {"subset": FREE, "strength": "0", "evaluations": steps, "guidance": norms[0]},
        ),
        rows(
            experiment,
            experiment.ordinary,
            found[ORDINARY],
            {"subset": ORDINARY, "strength": "w", "evaluations": 2 * steps, "guidance": ordinary[0], "norms": ordinary},
        ),
    ]


def sampled(
    method: Mitigation, strength: Any, experiment: Experiment, asked: Requests
) -> tuple[Tensor, dict[str, Any]]:
    """Return what a method makes of all that is asked, at one strength: images [N, C, H, W], and what it took."""
    sampler = experiment.sampler()
    context = mitigation_context(experiment, sampler, asked)
    conditions = experiment.vocabulary.embedded(asked.captions)
    started = time.perf_counter()
    planned = method.plan(strength, asked.noise.clone(), conditions.clone(), context)
    plan = checked(planned, asked.noise, conditions, len(sampler.times))
    path = sampler.sample(plan)
    seconds, count = time.perf_counter() - started, len(asked.noise)
    first = experiment.sampler().first_norms(plan.noise, plan.conditions, plan.attention)
    meter = {"evaluations": sampler.evaluations / count, "backward": sampler.backward / count, "seconds": seconds}
    length = plan.noise.flatten(1).norm(dim=1) / plan.noise[0].numel() ** 0.5
    return path.final, {**meter, "guidance": first, "length": length}


def mitigation_context(experiment: Experiment, sampler: Sampler, asked: Requests | None = None) -> MitigationContext:
    """Return what a mitigation may use, with a metered sampler, for special captions unless others are asked for."""
    return MitigationContext(
        **vars(experiment.context.method),
        scale=experiment.task.scale,
        timesteps=experiment.task.schedule.steps,
        sampler=sampler,
        captions=(asked or experiment.specials).captions.clone(),
        vocabulary=experiment.vocabulary,
        ordinary=experiment.ordinary_norm,
    )


def rows(experiment: Experiment, asked: Requests, images: Tensor, told: dict[str, Any]) -> MitigationSamples:
    """Return what the judge says of images, beside what is ``told`` of them: numbers, or tensors by sample."""
    images, count = images.cpu(), len(images)
    found = experiment.judge.judged(images, asked.patterns, asked.duplicates)
    noise = torch.cat([torch.arange(each) for each in torch.bincount(asked.numbers).tolist()])
    shown = noise == 0

    def column(name: str, default: float = 0.0) -> Any:
        value = told.get(name, default)
        return np.full(count, value, dtype=np.float64) if np.isscalar(value) else value.cpu().double().numpy()

    def pixels(shots: Tensor) -> list[Any]:
        values = [each.tolist() for each in experiment.collection.pixels(shots).flatten(1)]
        return [value if seen else None for value, seen in zip(values, shown, strict=True)]

    norms = told.get("norms")
    root = images[0].numel() ** 0.5
    return MitigationSamples(
        subset=np.full(count, told["subset"]),
        strength=np.full(count, told["strength"]),
        caption=asked.numbers.numpy(),
        noise=noise.numpy(),
        duplicate=np.full(count, NONE) if asked.duplicates is None else asked.duplicates.numpy(),
        nearest=found.nearest.numpy(),
        first=found.first.double().numpy(),
        second=found.second.double().numpy(),
        cosine=found.cosine.double().numpy(),
        aligned=found.aligned.numpy(),
        margin=found.margin.numpy(),
        real=found.real.double().numpy(),
        apart=apart(images, asked.numbers).double().numpy(),
        guidance=column("guidance"),
        length=column("length") if "length" in told else (asked.noise.flatten(1).norm(dim=1) / root).cpu().numpy(),
        evaluations=column("evaluations"),
        backward=column("backward"),
        seconds=column("seconds"),
        norms=[None] * count if norms is None else norms.T.tolist(),
        image=pixels(images),
        original=pixels(experiment.collection.train[found.nearest]),
        noises=np.full(count, experiment.noises),
    )
