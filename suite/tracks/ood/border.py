"""What passes between the protocol and a detector in a process of its own.

Guaranteed: labels, which set a test sample is from, and the order of the test never leave the judge. A detector has the
test's features, logits and images batch by batch, and returns scores; a method that trains for shifted data has images,
and returns logits. Of an `Adapter` labels alone are kept: its score depends on the order of the stream, so that order
follows from the seed, which it knows, and it may be told where each set begins.
"""

from __future__ import annotations

from suite.contracts import LOG, Border, Context, Reference
from suite.data.transform import Transform
from suite.models.architecture import Architecture
from suite.models.recipe import Recipe
from suite.tracks.ood.contract import Batch, BoundedDetector, Detector, Images, Labelled, LinearHead, TrainingSet
from suite.tracks.ood.generalization.adaptation import Adapter
from suite.tracks.ood.generalization.contract import Learner, LearningData
from suite.tracks.ood.training import TrainedDetector, TrainingData

IMAGES = Reference(Images, calls=("__len__", "__getitem__"))
BORDER = Border(
    calls={
        Detector: ("fit", "score"),
        BoundedDetector: ("boundary",),
        TrainedDetector: ("train", "predict", "adapt"),
        Learner: ("train", "predict"),
        Adapter: ("start", "predict"),
    },
    values=(
        *(Context, TrainingSet, Labelled, LinearHead, Batch, TrainingData, LearningData),
        *(Transform, Recipe, Architecture),
    ),
    fields={(Context, "log"): LOG, (TrainingSet, "images"): IMAGES},
    seeded=frozenset({"train"}),
)
