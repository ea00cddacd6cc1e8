"""The protocol of mitigation on prompts: planned, sampled and judged prompt by prompt, so that memory is bounded."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from suite.contracts import Column, Outcome, Task, TaskContext
from suite.diffusion.stable import SCHEDULE
from suite.tracks.memorization.contract import Mitigation, MitigationContext
from suite.tracks.memorization.metrics import FREE, PLAIN, POINTS, SWEEP
from suite.tracks.memorization.plans import checked, strengths_of
from suite.tracks.memorization.prompted.metrics import FRONTIER, METRICS, SUBSETS, subset
from suite.tracks.memorization.prompted.pretrained import Pretrained
from suite.tracks.memorization.prompted.prompts import KINDS
from suite.tracks.memorization.prompted.samples import PromptedSamples

if TYPE_CHECKING:
    from suite.tracks.memorization.prompted.experiment import Asked, PromptedExperiment


class PromptedMitigationTask(Pretrained, Task[Mitigation]):
    """Base of mitigation tasks on prompts. Declare the class attributes of a task and of `Pretrained`."""

    metrics = METRICS
    primary = Column(metric=FRONTIER.name, subset=subset(KINDS[0], SWEEP))
    subsets = SUBSETS
    gives = frozenset({"initial noise", "attention"})
    samples = PromptedSamples

    def experiment(self, context: TaskContext) -> PromptedExperiment:
        """Return the task under a seed, step by step."""
        from suite.tracks.memorization.prompted.experiment import PromptedExperiment

        return PromptedExperiment(self, context)

    def prepare(self, context: TaskContext) -> None:
        """Sample with plain guidance and with none."""
        self.experiment(context).check_that_it_can_tell()

    def evaluate(self, method: Mitigation, context: TaskContext) -> Outcome:
        """Plan, sample and judge the samples of each prompt at each strength of the method.

        Raises:
            SuiteError: the weights do not bring back the images of the list.
            ValueError: the sweep is empty or too long, or a plan is none.
            Exception: the method's own.
        """
        experiment = self.experiment(context)
        experiment.check_that_it_can_tell()
        strengths, rows = strengths_of(method), list[dict[str, Any]]()
        for number in range(len(experiment.prompts)):
            asked = experiment.asked(number)
            rows += [_anchor(experiment, asked, part, label) for part, label in ((PLAIN, "w"), (FREE, "0"))]
            for point, (label, strength) in zip(POINTS, strengths.items(), strict=False):
                try:
                    found = _point(method, strength, experiment, asked)
                except Exception as error:
                    error.add_note(f"at the strength {label!r} of {method.name}, prompt {asked.prompt.text!r}")
                    raise
                rows.append({"part": point, "strength": str(label), **found})
            context.resources.log(f"{number + 1} of {len(experiment.prompts)} prompts: {asked.prompt.text!r}")
        order = [PLAIN, FREE, *POINTS]
        rows.sort(key=lambda row: order.index(row["part"]))  # stable: prompts stay in their order
        facts = {"strengths": ", ".join(map(str, strengths)), "initial noises": experiment.noises[:16]}
        counts = {kind: sum(prompt.kind == kind for prompt in experiment.prompts) for kind in KINDS}
        facts["prompts"] = ", ".join(f"{count} {kind}" for kind, count in counts.items())
        seconds = sum(float(row.get("seconds", 0.0)) * self.noises for row in rows if row["part"] in POINTS)
        return Outcome(samples=_table(rows, experiment), cost={"sweep_seconds": seconds}, facts=facts)


def _anchor(experiment: PromptedExperiment, asked: Asked, part: str, label: str) -> dict[str, Any]:
    found = {name: experiment.anchors[f"{part} {name}"][asked.number] for name in ("sscd", "clip", "apart", "guidance")}
    each = 2 if part == PLAIN else 1
    return {
        **{"part": part, "strength": label, "kind": asked.prompt.kind, "prompt": asked.number},
        **{"length": _length(asked.noise), "evaluations": each * experiment.task.steps, "backward": 0.0, **found},
    }


def _point(method: Mitigation, strength: Any, experiment: PromptedExperiment, asked: Asked) -> dict[str, Any]:
    """Return what the samples of a prompt are at one strength."""
    sampler, vocabulary, count = experiment.sampler(), experiment.vocabulary, len(asked.noise)
    told = experiment.context.method
    context = MitigationContext(
        # each prompt has draws of its own
        **vars(replace(told, seed=told.seed * len(experiment.prompts) + asked.number)),
        scale=experiment.task.scale,
        timesteps=SCHEDULE.steps,
        sampler=sampler,
        captions=asked.captions.clone(),
        vocabulary=vocabulary,
        ordinary=float(experiment.anchors["norm"]),
    )
    conditions = vocabulary.embedded(asked.captions)
    started = time.perf_counter()
    planned = method.plan(strength, asked.noise.clone(), conditions.clone(), context)
    plan = checked(planned, asked.noise, conditions, len(sampler.times))
    path = sampler.sample(plan)
    seconds = (time.perf_counter() - started) / count
    first = experiment.sampler().first_norms(plan.noise, plan.conditions, plan.attention)
    return {
        **{"kind": asked.prompt.kind, "prompt": asked.number, "guidance": first, "length": _length(plan.noise)},
        **{"evaluations": sampler.evaluations / count, "backward": sampler.backward / count, "seconds": seconds},
        **experiment.judged(path.final, asked.prompt),
    }


def _length(noise: Any) -> Any:
    return noise.flatten(1).norm(dim=1) / noise[0].numel() ** 0.5


def _table(rows: list[dict[str, Any]], experiment: PromptedExperiment) -> PromptedSamples:
    count = experiment.task.noises

    def column(name: str, default: Any = np.nan) -> Any:
        values = [row.get(name, default) for row in rows]
        return np.concatenate([v.double().cpu().numpy() if hasattr(v, "cpu") else np.full(count, v) for v in values])

    texts = {name: column(name) for name in ("part", "strength", "kind")}
    names = ("sscd", "clip", "apart", "guidance", "length", "evaluations", "backward", "seconds")
    numbers = {name: column(name).astype(np.float64) for name in names}
    return PromptedSamples(
        **texts,
        prompt=column("prompt"),
        noise=np.tile(np.arange(count), len(rows)),
        **numbers,
        noises=np.full(count * len(rows), experiment.noises),
    )
