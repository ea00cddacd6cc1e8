"""The OOD track: does a detector tell samples of the training distribution from others?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from suite.contracts import Access, Role, TaskKit, Track
from suite.hookspecs import hookimpl
from suite.tracks.ood.contract import Batch, BoundedDetector, Detector, Images, Labelled, LinearHead, TrainingSet
from suite.tracks.ood.generalization.adaptation import Adapter
from suite.tracks.ood.generalization.contract import Learner, LearningData
from suite.tracks.ood.training import TrainedDetector, TrainingData

__all__ = [
    "Adapter",
    "Batch",
    "BoundedDetector",
    "Detector",
    "Images",
    "Labelled",
    "Learner",
    "LearningData",
    "LinearHead",
    "TrainedDetector",
    "TrainingData",
    "TrainingSet",
]

TEMPLATES = Path(__file__).with_name("templates")
ROLES = (
    Role(
        "detector",
        "Scores samples by what a trained classifier makes of them.",
        {Detector: "suite.testing:DetectorContract"},
        TEMPLATES / "detector",
    ),
    Role(
        "trained-detector",
        "Trains a network of its own, and scores by that.",
        {TrainedDetector: "suite.testing:TrainedDetectorContract"},
        TEMPLATES / "trained-detector",
    ),
    Role(
        "learner",
        "Trains a network that stays right where the distribution shifts.",
        {Learner: "suite.testing:LearnerContract"},
        TEMPLATES / "learner",
    ),
    Role(
        "adapter",
        "Adapts a trained network to the test as it arrives, without labels.",
        {Adapter: "suite.testing:AdapterContract"},
        TEMPLATES / "adapter",
    ),
)


@hookimpl
def suite_register_tracks(register: Callable[[Track], None]) -> None:
    """Register the track."""
    register(
        Track(
            name="ood",
            title="Out-of-distribution detection",
            question="Given one trained classifier, which score tells inputs of its training distribution from others?",
            contract=(Detector, TrainedDetector, Learner, Adapter),
            roles=ROLES,
            tasks=TaskKit(
                {
                    "suite.tracks.ood.task:DetectionTask": "suite.testing:DetectionTaskContract",
                    "suite.tracks.ood.generalization.protocol:GeneralizationTask": (
                        "suite.testing:GeneralizationTaskContract"
                    ),
                },
                TEMPLATES / "task",
                TEMPLATES / "images",
                kinds=("near", "far"),
            ),
            border="suite.tracks.ood.border:BORDER",
            access=(
                Access("images", "The ID training images, and each test image beside its features."),
                Access("network", "The reference model, to run and to differentiate."),
                Access(
                    "training data",
                    "What the reference model was trained on and its recipe, to train or fine-tune a network with.",
                    privilege=True,
                    on_request=True,
                ),
                Access("outliers", "Auxiliary outliers to train with, of none of the classes and in no test."),
                Access(
                    "labelled images",
                    "Labelled training images and a recipe, to train a network that is tested where data shift.",
                ),
                Access(
                    "test stream",
                    "A trained network, and the unlabelled batches of the test in their order to adapt it to.",
                    privilege=True,
                ),
                Access("groups", "The group of each training image, as a class on a background.", privilege=True),
                Access("environments", "Where each training image is from, as a hospital.", privilege=True),
                Access("colour", "The knowledge that colour tells nothing of the class in a test.", privilege=True),
            ),
        )
    )
