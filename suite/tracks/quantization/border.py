"""What passes between the protocol and a quantizer in a process of its own. The network that it returns stays there.

Guaranteed: labels, the order of the test and the scores made of the answers to it are the judge's, which sends images
and gets logits.

Claimed alone: what the audit says, since the network is looked at where the method's code is. A method that changes the
audit can call floats integers. The latent weights and the features are that process's word as well.
"""

from __future__ import annotations

from torch import nn

from suite.contracts import LOG, Border, Context, Reference
from suite.data.transform import Transform
from suite.models.architecture import Architecture
from suite.models.recipe import Recipe
from suite.tracks.quantization.answering import RemoteNetwork
from suite.tracks.quantization.audit import Audit
from suite.tracks.quantization.basin import NoLatentWeights
from suite.tracks.quantization.contract import Calibration, Quantizer, TrainedQuantizer
from suite.tracks.quantization.spec import Spec
from suite.tracks.quantization.training import TrainingImages

TRAINING = Reference(TrainingImages, calls=("__len__", "pixels"), reads=("labels", "transform", "recipe", "device"))
ASKED = ("put", "_logits", "audited", "latent", "logits_on_the_way", "outputs")
BORDER = Border(
    calls={Quantizer: ("quantize", "supports"), TrainedQuantizer: ()},
    attributes={Quantizer: ("epochs",)},
    of_class=frozenset({"supports"}),
    values=(Context, Calibration, Spec, Transform, Recipe, Architecture, Audit),
    fields={(Context, "log"): LOG},
    objects={TrainingImages: TRAINING},
    seeded=frozenset({"quantize"}),
    functions={name: f"suite.tracks.quantization.answering:{name}" for name in ASKED},
    errors=(NoLatentWeights,),
    stays={nn.Module: RemoteNetwork},
)
