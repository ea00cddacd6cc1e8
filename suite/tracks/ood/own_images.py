"""Tasks on images of one's own: a data set with classes, some of them left out, and other sets beside it."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Column, Resources
from suite.data.dataset import DataSet
from suite.data.images import ImageRows, Images
from suite.data.split import Split
from suite.data.transform import Transform
from suite.errors import SuiteError
from suite.models.architecture import Architecture
from suite.models.recipe import Recipe
from suite.models.reference import ReferenceModel
from suite.tracks.ood.metrics import AUROC
from suite.tracks.ood.protocol import OODTask
from suite.tracks.ood.splits import Splits

LEFT_OUT = "left-out"
"""The near-OOD set of the classes that are left out."""
FEWEST = 5
"""Images that a class must have: three to train on, one to validate, one to test."""


class OwnImagesTask(OODTask):
    """Base of tasks on `suite.data.images.Images`. Declare the class attributes of a task, but for ``subsets``.

    The images of each class are divided by the seed: 60 % to train on, 10 % held out for validation, 30 % to test.

    Attributes:
        inside: the ID data set, a folder or file with classes.
        left_out: names of its classes that are near-OOD instead of ID.
        near_sets, far_sets: further OOD data sets, labelled or not.
        size: height and width that images are brought to, in pixels.
        architecture: of the reference model; the number of classes is found.
        recipe: how the reference model is trained, for each seed.
    """

    gives = OODTask.gives | {"training data"}
    inside: ClassVar[DataSet]
    left_out: ClassVar[tuple[str, ...]] = ()
    near_sets: ClassVar[tuple[DataSet, ...]] = ()
    far_sets: ClassVar[tuple[DataSet, ...]] = ()
    size: ClassVar[int] = 32
    architecture: ClassVar[Architecture] = Architecture("resnet-cifar", {"depth": 8})
    recipe: ClassVar[Recipe] = Recipe(
        epochs=20, batch_size=64, learning_rate=3e-3, weight_decay=1e-2, optimiser="adamw", crop_padding=2
    )

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if hasattr(cls, "inside"):
            cls.near = (*((LEFT_OUT,) if cls.left_out else ()), *(data.name for data in cls.near_sets))
            cls.far = tuple(data.name for data in cls.far_sets)
            cls.primary = Column(metric=AUROC.name, subset="near" if cls.near else "far")
        super().__init_subclass__(**kwargs)

    def data(self) -> tuple[DataSet, ...]:
        """Return the ID data set and the others."""
        return (self.inside, *self.near_sets, *self.far_sets)

    def splits(self, seed: int, resources: Resources) -> Splits:
        """Return the seed's partition of each ID class, and all of every OOD set.

        Raises:
            SuiteError: a class that is left out is not there, fewer than two are left, or one has too few images.
        """
        rows = self._rows()
        kept = self._kept(rows)
        numbers = np.array([kept.index(label) if label in kept else -1 for label in range(len(rows.classes))])
        labels: NDArray[np.int64] = numbers[rows.labels]
        parts: list[list[NDArray[np.int64]]] = [[], [], []]
        for number in range(len(kept)):
            members = np.random.default_rng([seed, number]).permutation(np.flatnonzero(labels == number))
            test, validation = max(1, round(0.3 * len(members))), max(1, round(0.1 * len(members)))
            divided = np.split(members, [len(members) - test - validation, len(members) - test])
            for part, chosen in zip(parts, divided, strict=True):
                part.append(chosen)
        train, validation_split, test_split = (
            Split(self.inside, chosen, labels[chosen]) for chosen in map(np.sort, map(np.concatenate, parts))
        )
        left_out = {LEFT_OUT: Split(self.inside, np.flatnonzero(labels == -1))} if self.left_out else {}
        return Splits(
            train=train,
            validation=validation_split,
            test=test_split,
            near={**left_out, **{data.name: Split(data) for data in self.near_sets}},
            far={data.name: Split(data) for data in self.far_sets},
        )

    def model(self, seed: int) -> ReferenceModel:
        """Return the seed's network, trained on its partition."""
        name, arguments = self.architecture.name, self.architecture.arguments
        classes = "num_classes" if name.startswith("timm/") else "classes"
        count = len(self._kept(self._rows()))
        return ReferenceModel(
            name=f"{name.rpartition('/')[2]}-{self.id.rpartition('/')[2]}",
            architecture=Architecture(name, {**arguments, classes: count}),
            transform=Transform(size=self.size, mean=(0.5,), std=(0.5,)),
            seed=seed,
            recipe=self.recipe,
            training=lambda resources: self.splits(seed, resources).train,
            trained_on=f"60 % of all classes but {sorted(self.left_out)}, the seed's, version {self.version}",
            data=self.inside,
        )

    def _rows(self) -> ImageRows:
        source = self.inside.source
        assert isinstance(source, Images), "the ID data set is of suite.data.images.Images"
        return source.rows()

    def _kept(self, rows: ImageRows) -> list[int]:
        """Return the numbers of the classes that are ID."""
        place, command = f"{type(self).__module__}.{type(self).__name__}", f"suite tasks show {self.id}"
        for name in self.left_out:
            if name not in rows.classes:
                known = ", ".join(rows.classes[:20]) or "none"
                raise SuiteError(
                    f"the images have no class {name!r}. Their classes are {known}", place=place, next=command
                )
        kept = [number for number, name in enumerate(rows.classes) if name not in self.left_out]
        if len(kept) < 2:
            raise SuiteError(
                f"{len(kept)} classes are ID. There must be two or more: give each a folder, or give labels",
                place=place,
                next="leave fewer classes out, or give a data set with classes",
            )
        counts = np.bincount(rows.labels, minlength=len(rows.classes))
        for number in kept:
            if counts[number] < FEWEST:
                raise SuiteError(
                    f"the class {rows.classes[number]!r} has {counts[number]} images. It needs {FEWEST} or more",
                    place=place,
                    next="add images, or name the class in left_out",
                )
        return kept
