"""One cell of sequential generation, stage by stage: select, train on the next task, generate, judge."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from suite.contracts import Column, Outcome, TaskContext, Value
from suite.data.transform import Transform
from suite.diffusion.trained import TrainedDenoiser
from suite.diffusion.training import DenoisingRecipe
from suite.tracks.replay.buffer import slot_bytes
from suite.tracks.replay.contract import Bound, ReplayContext, ReplaySelector
from suite.tracks.replay.cost import costs
from suite.tracks.replay.denoising.learner import DenoiserLearner
from suite.tracks.replay.denoising.reconstruction import Reconstruction
from suite.tracks.replay.denoising.reference_state import matched_energies
from suite.tracks.replay.exemplars import Exemplars
from suite.tracks.replay.generation.coverage import covered
from suite.tracks.replay.generation.judge import Judge
from suite.tracks.replay.generation.metrics import ALL
from suite.tracks.replay.generation.part import Part
from suite.tracks.replay.generation.samples import GenerationSamples
from suite.tracks.replay.learner import Learner
from suite.tracks.replay.roles import Selection, selected

VERSION = 1
"""Raised when the same model and images give another first stage."""


@dataclass(frozen=True)
class Design:
    """What a task with a seed lays down for every method.

    Attributes:
        parts: the images of each task; ``model``: the network after the first.
        following: training on each of the others.
        kept: samples that the buffer has room for.
        images: generated after each task, by DDIM with ``stride`` timesteps a step.
        timesteps: from which real images are reconstructed.
        classes: in all tasks together.
    """

    parts: list[Part]
    model: TrainedDenoiser
    following: DenoisingRecipe
    kept: int
    images: int
    stride: int
    timesteps: tuple[int, ...]
    classes: int


class Course:
    """A design under a seed. Everything but the selections is the same for every method."""

    def __init__(self, design: Design, context: TaskContext) -> None:
        self.design, self.context, self.resources = design, context, context.resources
        self.parts, self.model = design.parts, design.model
        self.schedule = self.model.diffusion.schedule
        noise = self._seed("reconstruction")
        self.reconstruction = Reconstruction(self.schedule, design.timesteps, design.stride, noise)

    @cached_property
    def inputs(self) -> list[Tensor]:
        """The images of each task as the network is given them [N, C, H, W]."""
        pairs = zip(self.parts, self.candidates, strict=True)
        return [self._transform(part).normalise(candidates.inputs) for part, candidates in pairs]

    @cached_property
    def candidates(self) -> list[Exemplars]:
        """The images of each task as the buffer stores them, numbered from 0 in each."""
        return [self._candidates(part) for part in self.parts]

    @cached_property
    def first(self) -> dict[str, Tensor]:
        """What was generated after task 1, reconstruction errors then, and energies; from the cache if they are there.

        It trains on task 1 if need be.
        """
        identity = {
            "version": VERSION,
            "model": self.model.fingerprint(self.resources),
            "images": [part.split.identity(self.resources) for part in self.parts],
            "generated": [self.design.images, self.design.stride, self._seed("generation")],
            "reconstructed": [list(self.design.timesteps), self.reconstruction.seed],
        }

        def make() -> dict[str, Tensor]:
            network = self.model.load(self.resources)
            energies = {f"energy {number}": matched_energies(images)[0] for number, images in enumerate(self.inputs)}
            return {"generated": self.generated(network), "errors": self._errors(network, 0), **energies}

        return self.resources.cache.tensors("first-stages", identity, make)

    @cached_property
    def judge(self) -> Judge:
        """The judge, which has learned the images of all tasks."""
        return Judge(torch.cat(self.inputs), torch.cat([part.labels for part in self.candidates]))

    def outcome(self, method: ReplaySelector | Bound) -> Outcome:
        """Run all of it on one method; see `GenerationTask.evaluate`."""
        started, last = time.perf_counter(), len(self.parts) - 1
        network = self.model.load(self.resources)
        generated, before = [self.first["generated"]], [self.first["errors"]]
        kept: list[Tensor] = []
        counts, seconds = Learner(), 0.0
        for number in range(1, last + 1):
            selection, learner = self._selected(method, number - 1, network)
            seconds += selection.seconds
            counts.forward_passes += learner.forward_passes
            counts.backward_passes += learner.backward_passes
            shares = [len(part) for part in np.array_split(np.arange(self.design.kept), number)]
            kept = [*kept, selection.places]
            if not isinstance(method, Bound):
                kept = [places[:share] for places, share in zip(kept, shares, strict=True)]
            self._train(network, number, kept)
            generated.append(self.generated(network))
            before.append(self._errors(network, number))
        after = [*(self._errors(network, number) for number in range(last)), before[last]]
        labels = [part.labels[places] for part, places in zip(self.candidates, kept, strict=False)]
        held = torch.cat(labels).numpy()
        size = len(held) * slot_bytes(self.candidates[0].inputs)
        return Outcome(
            self._samples(generated, before, after, costs(ALL, [held], size, seconds, counts)),
            {"selector_seconds": seconds, "course_seconds": time.perf_counter() - started},
            facts={
                "reference model": f"{self.model.name} {self.model.fingerprint(self.resources)[:12]}",
                "judge": f"right on {self.judge.accuracy:.1%} of real images that it had not seen",
                "replayed": " + ".join(f"{len(places):,}" for places in kept) + " samples at the end",
            },
        )

    def generated(self, network: nn.Module) -> Tensor:
        """Return images from the noise that is the same for every network [images, C, H, W], on the CPU."""
        generator = torch.Generator().manual_seed(self._seed("generation"))
        noise = torch.randn((self.design.images, *self.inputs[0].shape[1:]), generator=generator)
        with torch.no_grad():
            parts = [
                self.schedule.reconstructed(
                    network, block.to(self.resources.device), self.schedule.steps - 1, self.design.stride
                ).cpu()
                for block in noise.split(500)
            ]
        return torch.cat(parts)

    def _selected(
        self, method: ReplaySelector | Bound, number: int, network: nn.Module
    ) -> tuple[Selection, DenoiserLearner]:
        learner = DenoiserLearner(
            network,
            self.inputs[number],
            self.schedule,
            self.design.timesteps,
            step=self.design.following.learning_rate,
            seed=self._seed("losses"),
            device=self.resources.device,
        )
        moment = self.model.recipe.updates + number * self.design.following.updates
        context = ReplayContext(
            **vars(self.context.method), learner=learner, classes=self.design.classes, moment=moment
        )
        share = len(np.array_split(np.arange(self.design.kept), number + 1)[number])
        return selected(method, self.candidates[number], share, context), learner

    def _train(self, network: nn.Module, number: int, kept: list[Tensor]) -> None:
        recipe = self.design.following
        replayed = torch.cat([images[places] for images, places in zip(self.inputs, kept, strict=False)])
        recipe.train(
            network,
            self.inputs[number],
            self.schedule,
            seed=self._seed(f"task {number}"),
            device=self.resources.device,
            log=self.resources.log,
            replayed=replayed,
            replay_batch=recipe.batch_size * number,
        )

    def _samples(
        self, generated: list[Tensor], before: list[Tensor], after: list[Tensor], measured: Mapping[Column, Value]
    ) -> GenerationSamples:
        images, count = self.design.images, len(self.parts)
        real = [len(inputs) for inputs in self.inputs]
        absent = np.full(images * count, np.nan)
        near = [covered(inputs, generated[-1]) for inputs in self.inputs]
        energies = [self.first[f"energy {number}"] for number in range(count)]
        labels = [*(self.judge.classes(made) for made in generated), *(part.labels for part in self.candidates)]

        def column(parts: list[Tensor]) -> NDArray[np.float64]:
            return np.concatenate([absent, torch.cat(parts).double().numpy()])

        return GenerationSamples(
            generated=np.repeat([True, False], [images * count, sum(real)]),
            task=np.concatenate([np.repeat(np.arange(count), images), np.repeat(np.arange(count), real)]),
            label=torch.cat(labels).numpy(),
            energy=column(energies),
            covered=column(near),
            before=column(before),
            after=column(after),
            measured=measured,
        )

    def _errors(self, network: nn.Module, number: int) -> Tensor:
        return self.reconstruction.errors(network, self.inputs[number], self.resources.device)

    def _candidates(self, part: Part) -> Exemplars:
        pixels = part.split.pixels(self._transform(part), self.resources)
        labels = torch.from_numpy(part.split.targets(self.resources))
        labels = labels if part.label is None else torch.full_like(labels, part.label)
        return Exemplars(pixels, labels, torch.arange(len(labels)))

    def _transform(self, part: Part) -> Transform:
        return self.model.diffusion.transform if part.transform is None else part.transform

    def _seed(self, role: str) -> int:
        return int(self.context.rng(role).integers(2**31))
