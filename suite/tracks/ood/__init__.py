"""The OOD track: does a detector tell samples of the training distribution from others?"""

from __future__ import annotations

from collections.abc import Callable

from suite.contracts import Track
from suite.hookspecs import hookimpl
from suite.tracks.ood.contract import Batch, Detector, Images, Labelled, LinearHead, TrainingSet
from suite.tracks.ood.training import TrainedDetector, TrainingData

__all__ = ["Batch", "Detector", "Images", "Labelled", "LinearHead", "TrainedDetector", "TrainingData", "TrainingSet"]


@hookimpl
def suite_register_tracks(register: Callable[[Track], None]) -> None:
    """Register the track."""
    register(
        Track(
            name="ood",
            title="Out-of-distribution detection",
            question="Given one trained classifier, which score tells inputs of its training distribution from others?",
            contract=(Detector, TrainedDetector),
            leagues=("post-hoc", "training", "peer"),
        )
    )
