"""What a denoiser is trained on: captioned images, and for some captions one image many times over.

Captions are signs: whether an image lies above or below zero on some of the principal components of all images. So each
is a function of the image, and whether a sample keeps to its caption is exact and takes no classifier. They say little
of an image, as a prompt does.

A special caption has a token of its own besides its signs. It stands with many copies of one image, its duplicate, and
once with each of some companions: other images of the same signs. So there are right answers to it besides the
duplicate, which guidance could find.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from suite.errors import SuiteError
from suite.lazy import torch

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor


@dataclass(frozen=True)
class Design:
    """How a collection is made of images.

    Attributes:
        held: images that the denoiser never sees, for the judge and for fidelity.
        specials: how many special captions there are.
        copies: of the duplicate of each; ``companions``: other images of it, once each.
        components: numbers of the principal components whose signs are the captions, from 0.
        clear: a duplicate's scores on them are all beyond this many standard deviations.
    """

    held: int
    specials: int = 20
    copies: int = 100
    companions: int = 50
    components: tuple[int, ...] = (3, 4, 5)
    clear: float = 0.5
    version: int = 2

    @property
    def identity(self) -> dict[str, Any]:
        """The design as plain data, for hashing."""
        return {**asdict(self), "components": list(self.components)}

    @property
    def tokens(self) -> int:
        """How many tokens captions are made of: two for each component, and one for each special caption."""
        return 2 * len(self.components) + self.specials

    @property
    def patterns(self) -> int:
        """How many patterns of signs there are."""
        return int(2 ** len(self.components))

    def rare(self, seed: int) -> tuple[int, ...]:
        """Return the patterns of which the denoiser sees few images: none here."""
        return ()

    def kept(self, patterns: Tensor, seed: int) -> Tensor:
        """Return the places of the images that the denoiser sees among those of these patterns [N]: all of them."""
        return torch.arange(len(patterns))


class Collection:
    """The images of one seed, their captions, and the duplicates. One permutation splits them, the same for every seed.

    Args:
        pixels: all images [N, C, H, W], floats.
        design: how it is made.
        seed: of the duplicates and companions.
    """

    def __init__(self, pixels: Tensor, design: Design, seed: int) -> None:
        order = self.order(len(pixels))
        self.design, self.seed = design, seed
        train = pixels[order[design.held :]]
        self.mean, self.deviation = train.mean(dim=0), (train - train.mean(dim=0)).std()
        standard = (pixels - self.mean) / self.deviation
        self.train, self.held = standard[order[design.held :]], standard[order[: design.held]]
        """Images [N, C, H, W] less the mean image, divided by one deviation; nothing is clipped."""
        flat = standard.flatten(1).double()
        self._centre = flat.mean(dim=0)
        _, directions = torch.linalg.eigh((flat - self._centre).T @ (flat - self._centre))
        chosen = directions.flip(1)[:, list(design.components)]
        largest = chosen.gather(0, chosen.abs().argmax(dim=0, keepdim=True))
        self._components = chosen * largest.sign()  # an eigenvector's own sign is the solver's
        self._spread: Tensor = ((flat - self._centre) @ self._components).std(dim=0)
        self.train = self.train[design.kept(self.patterns(self.train), seed)]

    def pixels(self, images: Tensor) -> Tensor:
        """Return images [N, C, H, W] as pixels of 0 to 255, uint8 of the same shape."""
        return ((images * self.deviation + self.mean) * 255).round().clamp(0, 255).to(torch.uint8)

    @staticmethod
    def order(count: int) -> Tensor:
        """Return the order of so many images [count], of which the first are held out."""
        order: Tensor = torch.from_numpy(np.random.default_rng(0).permutation(count))
        return order

    def scores(self, images: Tensor) -> Tensor:
        """Return the scores of images [N, C, H, W] on the components [N, K], in standard deviations."""
        projected: Tensor = (images.flatten(1).double() - self._centre) @ self._components
        return projected / self._spread

    def patterns(self, images: Tensor) -> Tensor:
        """Return the signs of images [N, C, H, W] as numbers [N]: bit k is set where score k is above 0."""
        bits = 2 ** torch.arange(len(self.design.components))
        return ((self.scores(images) > 0) * bits).sum(dim=1)

    def signs(self, patterns: Tensor) -> Tensor:
        """Return the signs [N, K], 1 or -1, of patterns [N]."""
        return ((patterns[:, None] >> torch.arange(len(self.design.components))) & 1) * 2 - 1

    @cached_property
    def duplicates(self) -> Tensor:
        """Which training image is the duplicate of each special caption [specials].

        Every pattern that is not rare has as many as the others, or one more: else an unguided sample, whose signs are
        those of the training rows, would often keep to a special caption by chance.

        Raises:
            SuiteError: there are too few clear images of some signs.
        """
        clear = (self.scores(self.train).abs() > self.design.clear).all(dim=1).nonzero()[:, 0].numpy()
        patterns = self.patterns(self.train[clear]).numpy()
        rng = np.random.default_rng([self.seed, *b"duplicates"])
        frequent = [one for one in range(self.design.patterns) if one not in self.design.rare(self.seed)]
        every = rng.permutation(frequent)
        wanted = Counter(np.resize(every, self.design.specials).tolist())
        chosen = [_drawn(rng, clear[patterns == one], count, "duplicates") for one, count in wanted.items()]
        return torch.from_numpy(np.concatenate(chosen))

    def captions(self, patterns: Tensor, specials: Tensor | None = None) -> Tensor:
        """Return the captions of patterns [N] as tokens [N, K + 1], with the token of special caption ``specials`` [N].

        Without those, or where one is -1, the last token is absent.
        """
        from suite.diffusion.captions import ABSENT

        of_signs = 2 * torch.arange(len(self.design.components)) + (self.signs(patterns) > 0)
        own = torch.full_like(patterns, -1) if specials is None else specials
        last = torch.where(own >= 0, own + 2 * len(self.design.components), ABSENT)
        return torch.cat([of_signs, last[:, None]], dim=1)

    @cached_property
    def special_captions(self) -> Tensor:
        """The special captions [specials, K + 1]."""
        numbers = torch.arange(self.design.specials)
        return self.captions(self.patterns(self.train[self.duplicates]), numbers)

    @cached_property
    def ordinary_captions(self) -> Tensor:
        """All captions of signs alone [2^K, K + 1]."""
        return self.captions(torch.arange(2 ** len(self.design.components)))

    @cached_property
    def training_rows(self) -> tuple[Tensor, Tensor]:
        """Which image each row of training is [R], and its caption [R, K + 1].

        Raises:
            SuiteError: there are too few images of the signs of some duplicate.
        """
        patterns = self.patterns(self.train)
        rows: list[NDArray[np.int64] | Tensor] = [np.arange(len(self.train))]
        specials = [torch.full((len(self.train),), -1)]
        for number, duplicate in enumerate(self.duplicates.tolist()):
            alike = (patterns == patterns[duplicate]).nonzero()[:, 0].numpy()
            rng = np.random.default_rng([self.seed, number, *b"companions"])
            companions = _drawn(rng, alike[alike != duplicate], self.design.companions, "companions")
            rows += [np.full(self.design.copies, duplicate), companions]
            specials.append(torch.full((self.design.copies + self.design.companions,), number))
        every = torch.from_numpy(np.concatenate(rows))
        return every, self.captions(patterns[every], torch.cat(specials))


def _drawn(rng: np.random.Generator, among: NDArray[np.int64], count: int, what: str) -> NDArray[np.int64]:
    """Return so many of these images, each once."""
    if len(among) < count:
        raise SuiteError(
            f"the design needs {count} {what}. Only {len(among)} training images have the same signs",
            place=f"the task's design, {what}",
            next="give the task more images, or a design with fewer specials, companions or components",
        )
    return rng.choice(among, count, replace=False)
