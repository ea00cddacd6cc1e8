"""Images whose class probabilities are known: one template a class, with noise whose distribution is known."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from suite.contracts import Resources

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TOP = 16


@dataclass(frozen=True)
class KnownRows:
    """Images [N, 8, 8], uint8, their labels [N], and the true probabilities of the classes given the image [N, C]."""

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    probabilities: NDArray[np.float64]

    def image(self, index: int) -> NDArray[np.uint8]:
        """Return image ``index`` [8, 8]."""
        image: NDArray[np.uint8] = self.images[index]
        return image

    def content(self, index: int) -> bytes:
        """Return the pixels' bytes."""
        return bytes(self.images[index].tobytes())

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class NoisyTemplates:
    """A source: each image is the mean image of one of scikit-learn's ten digits, with independent Gaussian noise.

    Pixels are rounded and clipped to 0..16. All classes are equally likely. The probability of each pixel value under
    each class follows from the normal distribution, so the probability of a class given the image as it is stored,
    rounded and clipped, is exact, by Bayes' rule.

    Attributes:
        noise: standard deviation of the noise, in pixel values.
        count: how many images.
        seed: of classes and noise.
    """

    noise: float
    count: int
    seed: int

    def stamp(self, resources: Resources) -> dict[str, Any]:
        """Return what is drawn, and the version of the digits."""
        from importlib.metadata import version

        drawn = {"noise": self.noise, "count": self.count, "seed": self.seed, "recipe": 1}
        return {"source": "noisy-templates", **drawn, "scikit-learn": version("scikit-learn")}

    def open(self, resources: Resources) -> KnownRows:
        """Return the rows."""
        return _drawn(self)


@lru_cache(maxsize=16)
def _drawn(source: NoisyTemplates) -> KnownRows:
    import numpy as np

    templates = class_means()
    rng = np.random.default_rng([source.seed, source.count])
    labels = rng.integers(len(templates), size=source.count)
    noise = source.noise * rng.standard_normal((source.count, *templates.shape[1:]))
    images = np.rint(np.clip(templates[labels] + noise, 0, TOP)).astype(np.uint8)
    return KnownRows(images, labels, class_probabilities(images, templates, source.noise))


def class_means() -> NDArray[np.float64]:
    """Return the mean image of each digit [10, 8, 8], 0..16."""
    import numpy as np
    from sklearn.datasets import load_digits

    digits = load_digits()
    return np.stack([digits.images[digits.target == digit].mean(axis=0) for digit in range(10)])


def class_probabilities(images: NDArray[np.uint8], templates: NDArray[np.float64], noise: float) -> NDArray[np.float64]:
    """Return the probability of each class [N, C] given images [N, 8, 8] that are templates [C, 8, 8] with noise.

    A value of 0 stands for all that is rounded or clipped to it, and so does 16.
    """
    import numpy as np
    from scipy.special import log_ndtr, softmax

    edges = np.concatenate([[-np.inf], np.arange(TOP) + 0.5, [np.inf]])
    places = (edges - templates.reshape(len(templates), -1, 1)) / noise
    below, above = log_ndtr(places), log_ndtr(-places)
    upper = places[..., :-1] > 0  # where both ends are on the right, their difference is exact from the right alone
    first = np.where(upper, above[..., :-1], below[..., 1:])
    second = np.where(upper, above[..., 1:], below[..., :-1])
    with np.errstate(divide="ignore"):
        logs = first + np.log1p(-np.exp(second - first))
    pixels = images.reshape(len(images), -1)
    of_class = [table[np.arange(pixels.shape[1]), pixels].sum(axis=1) for table in logs]
    return np.asarray(softmax(np.stack(of_class, axis=1), axis=1))
