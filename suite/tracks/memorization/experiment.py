"""A task under a seed, step by step: denoiser, requests, judge, and the anchors that all methods share."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from suite.contracts import TaskContext
from suite.diffusion.guidance import Path, Plan
from suite.diffusion.steps import DDIM
from suite.errors import SuiteError
from suite.lazy import torch
from suite.tracks.memorization.asked import AskedSampler
from suite.tracks.memorization.fidelity import FeatureNetwork
from suite.tracks.memorization.judge import RATIO, Judge
from suite.tracks.memorization.metrics import FREE, ORDINARY, PLAIN

if TYPE_CHECKING:
    from torch import Tensor

    from suite.diffusion.captions import Captioned
    from suite.tracks.memorization.collection import Collection
    from suite.tracks.memorization.trained import Trained

FREE_AT_MOST, PLAIN_AT_LEAST, ORDINARY_AT_MOST = 0.1, 0.3, 0.02
"""Shares memorized without guidance, with plain guidance, and of ordinary captions, for the task to tell anything."""


@dataclass(frozen=True)
class Requests:
    """N samples that are asked for.

    Attributes:
        captions: their tokens [N, L]; numbers: which caption each is [N]; patterns: its signs [N].
        duplicates: the training image that each caption is made to memorize [N]; None for ordinary captions.
        noise: the initial noise [N, C, H, W].
    """

    captions: Tensor
    numbers: Tensor
    patterns: Tensor
    duplicates: Tensor | None
    noise: Tensor

    def of(self, rows: Tensor) -> Requests:
        """Return those of some rows."""
        own = None if self.duplicates is None else self.duplicates[rows]
        noise, captions = self.noise[rows.to(self.noise.device)], self.captions[rows.to(self.captions.device)]
        return Requests(captions, self.numbers[rows], self.patterns[rows], own, noise)


class CaptionVocabulary:
    """Implements `suite.tracks.memorization.Vocabulary` for a network that embeds captions."""

    def __init__(self, network: Captioned, tokens: int) -> None:
        self._network, self.tokens = network, tokens

    def embedded(self, captions: Tensor) -> Tensor:
        """See `suite.tracks.memorization.Vocabulary`."""
        device = next(self._network.parameters()).device  # from a method's own process they come on the CPU
        with torch.no_grad():
            told: Tensor = self._network.captions(captions.to(device))
        return told


class Experiment:
    """The parts of a task under a seed. ``task`` declares them. ``version`` is that of what `anchors` are."""

    version: ClassVar[str] = "2"

    def __init__(self, task: Trained, context: TaskContext, noises: int | None = None) -> None:
        """``noises`` of each caption, the task's own unless told otherwise."""
        self.task, self.context = task, context
        self.each = noises or task.noises
        self.model = task.model(context.seed)
        self.device = context.resources.device

    @cached_property
    def collection(self) -> Collection:
        """What the denoiser is trained on."""
        return self.model.collection(self.context.resources)

    @cached_property
    def network(self) -> Captioned:
        """The denoiser."""
        return self.model.load(self.context.resources)

    @cached_property
    def judge(self) -> Judge:
        """What measures samples."""
        return Judge(self.collection)

    @property
    def vocabulary(self) -> CaptionVocabulary:
        """What captions are made of."""
        return CaptionVocabulary(self.network, self.task.design.tokens)

    def sampler(self) -> AskedSampler:
        """Return the denoiser with the task's steps, and a meter that starts at 0."""
        return AskedSampler(self.network, DDIM(self.task.schedule, self.task.stride))

    @cached_property
    def specials(self) -> Requests:
        """Samples of special captions: so many noises of each, caption by caption."""
        patterns = self.collection.patterns(self.collection.train[self.collection.duplicates])
        duplicates = self.collection.duplicates
        each = torch.full_like(patterns, self.each)
        return self._requests("special", self.collection.special_captions, patterns, duplicates, each)

    @cached_property
    def ordinary(self) -> Requests:
        """Samples of ordinary captions, likewise."""
        captions = self.collection.ordinary_captions
        return self._requests("ordinary", captions, torch.arange(len(captions)), None, self.ordinary_each)

    @property
    def ordinary_each(self) -> Tensor:
        """How many noises each ordinary caption gets [2^K]."""
        return torch.full((self.task.design.patterns,), self.each)

    def _requests(
        self, name: str, captions: Tensor, patterns: Tensor, duplicates: Tensor | None, each: Tensor
    ) -> Requests:
        shape = (int(each.sum()), *self.collection.train.shape[1:])
        noise = self.context.rng(f"{name} noise").standard_normal(shape, dtype="float32")
        return Requests(
            captions=captions.repeat_interleave(each, dim=0).to(self.device),
            numbers=torch.arange(len(captions)).repeat_interleave(each),
            patterns=patterns.repeat_interleave(each),
            duplicates=None if duplicates is None else duplicates.repeat_interleave(each),
            noise=torch.from_numpy(noise).to(self.device),
        )

    @cached_property
    def noises(self) -> str:
        """The sha256 of all initial noises of special captions."""
        return hashlib.sha256(self.specials.noise.cpu().numpy().tobytes()).hexdigest()

    def plain(self, requests: Requests, scale: float, keep: tuple[str, ...] = ()) -> Path:
        """Sample with the same scale at each step."""
        sampler = self.sampler()
        scales = torch.full((len(sampler.times), len(requests.noise)), scale)
        plan = Plan(requests.noise, self.vocabulary.embedded(requests.captions), scales)
        return sampler.sample(plan, keep)

    @cached_property
    def anchors(self) -> dict[str, Tensor]:
        """Samples with plain guidance and with none, of ordinary captions too, with |e| at each step [S, N]."""
        resources = self.context.resources
        identity = {
            "denoiser": self.model.fingerprint(resources),
            "seed": self.context.seed,
            "noises": self.each,
            "ordinary": self.ordinary_each.tolist(),
            "stride": self.task.stride,
            "scale": self.task.scale,
            "version": self.version,
        }
        return resources.cache.tensors("guidance-anchors", identity, self._sampled)

    def _sampled(self) -> dict[str, Tensor]:
        plain = self.plain(self.specials, self.task.scale, ("norms",))
        ordinary = self.plain(self.ordinary, self.task.scale, ("norms",))
        return {
            PLAIN: plain.final,
            f"{PLAIN} norms": plain.norms,
            FREE: self.plain(self.specials, 0.0).final,
            ORDINARY: ordinary.final,
            f"{ORDINARY} norms": ordinary.norms,
        }

    @property
    def ordinary_norm(self) -> float:
        """The median of |e| at the first step over ordinary captions."""
        return float(self.anchors[f"{ORDINARY} norms"][0].median())

    def memorized(self, images: Tensor, requests: Requests) -> Tensor:
        """Return which images [N, ...] are copies [N]."""
        found = self.judge.judged(images, requests.patterns)
        own = found.nearest == (found.nearest if requests.duplicates is None else requests.duplicates)
        return own & (found.first < RATIO * found.second)

    def check_that_it_can_tell(self) -> None:
        """Check that plain guidance memorizes, that no guidance does not, and that ordinary captions do not.

        Raises:
            SuiteError: the denoiser of this seed is another.
        """
        free, plain, ordinary = (
            float(self.memorized(self.anchors[name], requests).float().mean())
            for name, requests in (
                (FREE, self.specials),
                (PLAIN, self.specials),
                (ORDINARY, self.ordinary),
            )
        )
        if free > FREE_AT_MOST or plain < PLAIN_AT_LEAST or ordinary > ORDINARY_AT_MOST:
            raise SuiteError(
                "mitigation cannot be measured on this denoiser. It copies "
                f"{100 * free:.0f} % without guidance, {100 * plain:.0f} % with guidance, and "
                f"{100 * ordinary:.1f} % of ordinary captions",
                place=f"{self.task.family}, seed {self.context.seed}",
                next="suite run --seed with one of the task's own seeds",
            )

    @cached_property
    def _features(self) -> tuple[FeatureNetwork, Tensor, Tensor]:
        """The network of features, those of held-out images [M, F], and how much each of these counts [M]."""
        resources, held = self.context.resources, self.collection.held
        identity = {**self.model.data_identity(resources), "version": 1}
        labels = self.model.labels(resources)
        weights = resources.cache.tensors(
            "fidelity-features", identity, lambda: FeatureNetwork.trained(held, labels).weights
        )
        network, patterns = FeatureNetwork(weights), self.collection.patterns(held)
        count = 2 ** len(self.task.design.components)
        asked = torch.bincount(self.specials.patterns, minlength=count)
        there = torch.bincount(patterns, minlength=count).clamp(min=1)
        return network, network.features(held), (asked / there)[patterns]

    def frechet_distance(self, images: Tensor) -> float:
        """Return the distance between samples of special captions and held-out images of the same mix of signs."""
        from suite.tracks.memorization.fidelity import frechet_distance

        network, held, weights = self._features
        return frechet_distance(network.features(images), held, weights)
