"""The quantization track: how much does a vision transformer lose with few bits?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from suite.contracts import Role, TaskKit, Track
from suite.hookspecs import hookimpl
from suite.tracks.quantization.contract import TRAINING, Calibration, Quantizer, TrainedQuantizer
from suite.tracks.quantization.spec import FLOAT, Spec
from suite.tracks.quantization.training import TrainingImages

__all__ = ["FLOAT", "Calibration", "Quantizer", "Spec", "TrainedQuantizer", "TrainingImages"]

PACKAGE = "suite.tracks.quantization"
TEMPLATES = Path(__file__).with_name("templates")
CHECK = "suite.testing:QuantizerContract"
ROLES = (
    Role(
        "quantizer",
        "Quantizes a network by some calibration images.",
        {Quantizer: CHECK},
        TEMPLATES / "quantizer",
    ),
    Role(
        "trained-quantizer",
        "Trains a network with quantizers in place.",
        {TrainedQuantizer: CHECK},
        TEMPLATES / "trained-quantizer",
    ),
)


@hookimpl
def suite_register_tracks(register: Callable[[Track], None]) -> None:
    """Register the track."""
    register(
        Track(
            name="quantization",
            title="Quantization of vision transformers",
            question="How much of a pre-trained vision transformer is left when its tensors take few bits?",
            contract=Quantizer,
            roles=ROLES,
            border="suite.tracks.quantization.border:BORDER",
            tasks=TaskKit(
                {
                    f"{PACKAGE}.detection.protocol:KeptDetectionTask": "suite.testing:KeptDetectionTaskContract",
                    f"{PACKAGE}.protocol:QuantizationTask": "suite.testing:QuantizationTaskContract",
                },
                TEMPLATES / "task",
            ),
            access=(TRAINING,),
            libraries=("timm", "torch._dynamo"),
        )
    )
