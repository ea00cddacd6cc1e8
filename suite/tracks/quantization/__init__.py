"""The quantization track: how much does a vision transformer lose when weights and activations take few bits?"""

from __future__ import annotations

from collections.abc import Callable

from suite.contracts import Track
from suite.hookspecs import hookimpl
from suite.tracks.quantization.contract import TRAINING, Calibration, Quantizer, TrainedQuantizer
from suite.tracks.quantization.spec import FLOAT, Spec
from suite.tracks.quantization.training import TrainingImages

__all__ = ["FLOAT", "Calibration", "Quantizer", "Spec", "TrainedQuantizer", "TrainingImages"]


@hookimpl
def suite_register_tracks(register: Callable[[Track], None]) -> None:
    """Register the track."""
    register(
        Track(
            name="quantization",
            title="Quantization of vision transformers",
            question="How much of a pre-trained vision transformer is left when its tensors take few bits?",
            contract=Quantizer,
            access=(TRAINING,),
            libraries=("timm", "torch._dynamo"),
        )
    )
