"""One cell of the generative arm, step by step: select, train on task 2, reconstruct, compare.

Reconstruction: the authors' formula was not available. Hopfield-energy replay after Takeda et al., re-derived.
"""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import torch

from suite.contracts import Method, Outcome, TaskContext
from suite.tracks.replay.contract import ReplayContext, Samples
from suite.tracks.replay.cost import class_entropy, costs
from suite.tracks.replay.denoising.before import Before, look
from suite.tracks.replay.denoising.learner import DenoiserLearner
from suite.tracks.replay.denoising.reconstruction import Reconstruction
from suite.tracks.replay.denoising.samples import Images, Retained, deciles, to_table
from suite.tracks.replay.selection import Selection, selected

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from suite.tracks.replay.denoising.protocol import DenoisingTask

    Measured = dict[str, tuple[float, int]]


class Experiment:
    """A task with a seed. Everything but the selection is the same for every method."""

    def __init__(self, task: DenoisingTask, context: TaskContext) -> None:
        self.task = task
        self.context = context
        self.resources = context.resources
        self.diffusion = task.diffusion()
        self.model = task.model(context.seed)
        self.old, self.new, self.judged = (split(self.resources) for split in (task.old, task.new, task.judged))
        noise = self._seed("reconstruction")
        self.reconstruction = Reconstruction(self.diffusion.schedule, task.timesteps, task.stride, noise)

    @cached_property
    def before(self) -> Before:
        """What there is before task 2, from the cache if it is there; trains on task 1 if need be."""
        return look(self.model, self.reconstruction, (self.old, self.new, self.judged), self.resources)

    @cached_property
    def samples(self) -> Samples:
        """The samples of task 1 as a buffer stores them; the stream numbers them from 0."""
        labels = torch.from_numpy(self.old.targets(self.resources))
        pixels = self.old.pixels(self.diffusion.transform, self.resources)
        return Samples(pixels, labels, torch.arange(len(labels)))

    def outcome(self, method: Method) -> Outcome:
        """Run all of it on one method; see `DenoisingTask.evaluate`."""
        selection, measured = self.select(method)
        started = time.perf_counter()
        old, judged = self.after(selection)
        seconds = time.perf_counter() - started
        retained = self.retained(selection, old, judged, measured)
        model, before = self.model, self.before
        return Outcome(
            scores=retained.scores(),
            samples=to_table(retained),
            cost={"selector_seconds": selection.seconds, "task_2_seconds": seconds},
            facts={
                "reference model": f"{model.name} {model.fingerprint(self.resources)[:12]}",
                "error before task 2": f"{before.old.mean():.4f} on task 1, {before.judged.mean():.4f} on task 2",
                "replayed": f"{len(selection.places):,} of {len(self.samples):,} samples",
                "energy": f"matched beta {before.beta:.4g}",
            },
        )

    def select(self, method: Method) -> tuple[Selection, Measured]:
        """Return what the method replays, and what that holds and cost by metric."""
        task, device = self.task, self.resources.device
        learner = DenoiserLearner(
            self.model.load(self.resources),
            self.before.old_inputs,
            self.diffusion.schedule,
            task.timesteps,
            step=task.first_recipe.learning_rate,
            seed=self._seed("losses"),
            device=device,
        )
        given = ReplayContext(
            **vars(self.context.method), learner=learner, classes=task.classes, moment=task.first_recipe.updates
        )
        selection = selected(method, self.samples, task.capacity(), given)
        return selection, self._measured(selection, learner)

    def after(self, selection: Selection) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Train on task 2 and return the errors of task 1 [N] and of what task 2 is judged by [M]."""
        recipe, before, device = self.task.second_recipe, self.before, self.resources.device
        network = self.model.load(self.resources)
        recipe.train(
            network,
            before.new_inputs,
            self.diffusion.schedule,
            seed=self._seed("task 2"),
            device=device,
            log=self.resources.log,
            replayed=before.old_inputs[selection.places],
            replay_batch=recipe.batch_size,
        )
        errors = (self.reconstruction.errors(network, x, device) for x in (before.old_inputs, before.judged_inputs))
        old, judged = (each.numpy() for each in errors)
        return old, judged

    def retained(
        self, selection: Selection, old: NDArray[np.float64], judged: NDArray[np.float64], measured: Measured
    ) -> Retained:
        """Put together what the scores follow from; arguments are those that the other steps return."""
        resources, energy = self.resources, self.before.energy.numpy()
        errors = ((self.old, self.before.old, old), (self.judged, self.before.judged, judged))
        of_old, of_new = (
            Images(split.rows(resources), split.targets(resources), before.numpy(), after)
            for split, before, after in errors
        )
        return Retained(
            old=of_old,
            energy=energy,
            variance=self.samples.inputs.flatten(1).double().var(dim=1, correction=0).numpy(),
            decile=deciles(energy),
            replayed=np.isin(np.arange(len(energy)), selection.places.numpy()),
            new=of_new,
            measured=measured,
        )

    def _measured(self, selection: Selection, learner: DenoiserLearner) -> Measured:
        return costs(
            size=len(selection.places) * self.task.slot_bytes(),
            entropy=class_entropy(self.samples.labels[selection.places].numpy()),
            count=len(selection.places),
            seconds=selection.seconds,
            forward=learner.forward_passes,
            backward=learner.backward_passes,
        )

    def _seed(self, role: str) -> int:
        return int(self.context.rng(role).integers(2**31))
