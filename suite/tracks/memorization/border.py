"""What passes between the protocol and a mitigation or a detector in a process of its own.

Guaranteed: the denoiser, its training images and duplicates stay with the judge, which evaluates the network, goes back
through it, counts both, samples as planned, and judges. A method has a say in initial noise, conditions and scales.
A detector has paths, in an order that it cannot work out, and returns scores.
"""

from __future__ import annotations

from suite.contracts import LOG, Border, Context, Reference
from suite.tracks.memorization.asked import RemoteGuide, SamplerStandIn
from suite.tracks.memorization.contract import (
    Attention,
    DetectionContext,
    Guide,
    Mitigation,
    MitigationContext,
    Path,
    PathDetector,
    Plan,
    Seen,
    Vocabulary,
)

SAMPLER = Reference(
    SamplerStandIn,
    calls=("noise", "gradients", "walk", "unconditional"),
    reads=("times", "evaluations", "backward"),
)
VOCABULARY = Reference(Vocabulary, calls=("embedded",), reads=("tokens",))
BORDER = Border(
    calls={Mitigation: ("plan",), PathDetector: ("score",)},
    attributes={Mitigation: ("strengths",)},
    values=(MitigationContext, DetectionContext, Plan, Attention, Path, Seen),
    fields={
        (Context, "log"): LOG,
        (MitigationContext, "sampler"): SAMPLER,
        (MitigationContext, "vocabulary"): VOCABULARY,
    },
    functions={"scale": "suite.tracks.memorization.asked:scale"},
    stays={Guide: RemoteGuide},
)
