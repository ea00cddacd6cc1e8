"""The memorization track: how can we keep a guided diffusion model from copying its training images?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path as FilePath

from suite.contracts import Access, Role, TaskKit, Track
from suite.hookspecs import hookimpl
from suite.tracks.memorization.contract import (
    Attention,
    DetectionContext,
    Guide,
    GuidedSampler,
    Mitigation,
    MitigationContext,
    Path,
    PathDetector,
    Plan,
    Seen,
    Vocabulary,
)

__all__ = [
    "Attention",
    "DetectionContext",
    "Guide",
    "GuidedSampler",
    "Mitigation",
    "MitigationContext",
    "Path",
    "PathDetector",
    "Plan",
    "Seen",
    "Vocabulary",
]

ACCESS = (
    Access("initial noise", "The noise that sampling starts from, the conditions, and the metered denoiser."),
    Access("attention", "Cross-attention to conditions [L, D]: begin, the caption's tokens, end, padding."),
    Access("paths", "How each sample came about."),
    Access("guidance", "The norm of e at each step of each path."),
    Access("predictions", "What was predicted of each sample, without noise, at the last steps of its path."),
    Access("training data", "What the denoiser was trained on.", privilege=True),
)

MIXTURES = "suite.tracks.memorization.mixtures"
TEMPLATES = FilePath(__file__).with_name("templates")
ROLES = (
    Role(
        "mitigation",
        "Keeps samples out of the attraction basin of what is memorized.",
        {Mitigation: "suite.testing:MitigationContract"},
        TEMPLATES / "mitigation",
    ),
    Role(
        "detector",
        "Says which samples are suspicious, by the paths on which they came about.",
        {PathDetector: "suite.testing:PathDetectorContract"},
        TEMPLATES / "detector",
    ),
)


@hookimpl
def suite_register_tracks(register: Callable[[Track], None]) -> None:
    """Register the track."""
    register(
        Track(
            name="memorization",
            title="Memorization in diffusion models",
            question="How is a guided diffusion model kept from copying its training images, and who notices?",
            contract=(Mitigation, PathDetector),
            roles=ROLES,
            access=ACCESS,
            tasks=TaskKit(
                {
                    "suite.tracks.memorization.protocol:MitigationTask": "suite.testing:MitigationTaskContract",
                    "suite.tracks.memorization.long_tail.protocol:TailMitigationTask": (
                        "suite.testing:MitigationTaskContract"
                    ),
                    "suite.tracks.memorization.detection.protocol:GuidedDetectionTask": (
                        "suite.testing:CopyDetectionTaskContract"
                    ),
                    f"{MIXTURES}.protocol:SupportDetectionTask": "suite.testing:SupportTaskContract",
                    f"{MIXTURES}.generations:GenerationsTask": "suite.testing:GenerationsTaskContract",
                },
                TEMPLATES / "task",
            ),
            border="suite.tracks.memorization.border:BORDER",
        )
    )
