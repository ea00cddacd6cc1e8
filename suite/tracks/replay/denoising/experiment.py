"""One cell of the generative arm, step by step: select, train on task 2, reconstruct, compare."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray

from suite.contracts import Outcome, TaskContext
from suite.data.split import Split
from suite.diffusion.trained import TrainedDenoiser
from suite.diffusion.training import DenoisingRecipe
from suite.tracks.replay.buffer import slot_bytes
from suite.tracks.replay.contract import Bound, ReplayContext, ReplaySelector
from suite.tracks.replay.cost import costs
from suite.tracks.replay.denoising.learner import DenoiserLearner
from suite.tracks.replay.denoising.metrics import ALL, NEW
from suite.tracks.replay.denoising.reconstruction import Reconstruction
from suite.tracks.replay.denoising.reference_state import ReferenceState, reference_state
from suite.tracks.replay.denoising.samples import ABSENT, DenoisingSamples, deciles
from suite.tracks.replay.exemplars import Exemplars
from suite.tracks.replay.learner import Learner
from suite.tracks.replay.roles import Selection, selected


@dataclass(frozen=True)
class Design:
    """What a task with a seed lays down for every method.

    Attributes:
        model: the network after task 1.
        old, new, judged: images of task 1, of task 2, and those that task 2 is judged by.
        second: training on task 2.
        timesteps, stride: of the reconstruction.
        capacity: of the buffer, in samples.
        classes: in both tasks together.
    """

    model: TrainedDenoiser
    old: Split
    new: Split
    judged: Split
    second: DenoisingRecipe
    timesteps: tuple[int, ...]
    stride: int
    capacity: int
    classes: int


class Experiment:
    """A design under a seed. Everything but the selection is the same for every method."""

    def __init__(self, design: Design, context: TaskContext) -> None:
        self.design = design
        self.context = context
        self.resources = context.resources
        self.diffusion = design.model.diffusion
        noise = self._seed("reconstruction")
        self.reconstruction = Reconstruction(self.diffusion.schedule, design.timesteps, design.stride, noise)

    @cached_property
    def before(self) -> ReferenceState:
        """The state before task 2, from the cache if it is there; trains on task 1 if need be."""
        design = self.design
        splits = (design.old, design.new, design.judged)
        return reference_state(design.model, self.reconstruction, splits, self.resources)

    @cached_property
    def samples(self) -> Exemplars:
        """The samples of task 1 as a buffer stores them; the stream numbers them from 0."""
        labels = torch.from_numpy(self.design.old.targets(self.resources))
        pixels = self.design.old.pixels(self.diffusion.transform, self.resources)
        return Exemplars(pixels, labels, torch.arange(len(labels)))

    def outcome(self, method: ReplaySelector | Bound) -> Outcome:
        """Run all of it on one method; see `DenoisingTask.evaluate`."""
        design, before, resources = self.design, self.before, self.resources
        selection, learner = self.select(method)
        started = time.perf_counter()
        after = self.after(selection)
        seconds = time.perf_counter() - started
        replayed, splits = selection.places.numpy(), (design.old, design.judged)
        energy, counts = before.energy.numpy(), [len(errors) for errors in after]
        of_old = {
            "energy": energy,
            "variance": self.samples.inputs.flatten(1).double().var(dim=1, correction=0).numpy(),
            "decile": deciles(energy),
            "replayed": np.isin(np.arange(len(energy)), replayed),
        }
        classes = self.samples.labels.numpy()[replayed]
        samples = DenoisingSamples(
            subset=np.repeat([ALL, NEW], counts),
            row=np.concatenate([split.rows(resources) for split in splits]),
            label=np.concatenate([split.targets(resources) for split in splits]),
            before=np.concatenate([before.old.numpy(), before.judged.numpy()]),
            after=np.concatenate(after),
            **{name: np.append(of_old[name], [absent] * counts[1]) for name, absent in ABSENT.items()},
            measured=costs(ALL, [classes], len(classes) * slot_bytes(self.samples.inputs), selection.seconds, learner),
        )
        return Outcome(
            samples,
            {"selector_seconds": selection.seconds, "task_2_seconds": seconds},
            facts={
                "reference model": f"{design.model.name} {design.model.fingerprint(resources)[:12]}",
                "error before task 2": f"{before.old.mean():.4f} on task 1, {before.judged.mean():.4f} on task 2",
                "replayed": f"{len(replayed):,} of {len(energy):,} samples",
                "energy": f"matched beta {before.beta:.4g}",
            },
        )

    def select(self, method: ReplaySelector | Bound) -> tuple[Selection, Learner]:
        """Return what the method replays, and the learner that has counted what it asked for."""
        design, first = self.design, self.design.model.recipe
        learner = DenoiserLearner(
            design.model.load(self.resources),
            self.before.old_inputs,
            self.diffusion.schedule,
            design.timesteps,
            step=first.learning_rate,
            seed=self._seed("losses"),
            device=self.resources.device,
        )
        replay_context = ReplayContext(
            **vars(self.context.method), learner=learner, classes=design.classes, moment=first.updates
        )
        return selected(method, self.samples, design.capacity, replay_context), learner

    def after(self, selection: Selection) -> list[NDArray[np.float64]]:
        """Train on task 2 and return the errors of task 1 [N] and of what task 2 is judged by [M]."""
        recipe, before, device = self.design.second, self.before, self.resources.device
        network = self.design.model.load(self.resources)
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
        inputs = (before.old_inputs, before.judged_inputs)
        return [self.reconstruction.errors(network, images, device).numpy() for images in inputs]

    def _seed(self, role: str) -> int:
        return int(self.context.rng(role).integers(2**31))
