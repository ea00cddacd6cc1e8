"""The replay track: which samples should a learner keep, if all else stays the same?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from suite.contracts import Access, Method, Role, TaskKit, Track
from suite.hookspecs import hookimpl
from suite.tracks.replay.buffer import Buffer
from suite.tracks.replay.contract import (
    Bound,
    MemoryRetrieval,
    MemoryUpdate,
    ReplayContext,
    ReplayMethod,
    ReplaySelector,
    Space,
)
from suite.tracks.replay.exemplars import Exemplars, History, Places, joined
from suite.tracks.replay.learner import Learner, Unavailable

__all__ = [
    "Bound",
    "Buffer",
    "Exemplars",
    "History",
    "Learner",
    "MemoryRetrieval",
    "MemoryUpdate",
    "Places",
    "ReplayContext",
    "ReplayMethod",
    "ReplaySelector",
    "Space",
    "Unavailable",
    "joined",
]

ACCESS = (
    Access("task end", "All samples of a task once more when it ends.", privilege=True),
    Access("stream", "The samples of each task batch by batch, each of them once."),
    Access("features", "Penultimate features of samples."),
    Access("logits", "Logits of samples, augmented ones too."),
    Access("losses", "The loss of each sample, also after a trial step."),
    Access("gradients", "The gradient of each sample's loss."),
    Access("history", "What was recorded of each sample while its task was learned."),
)

TEMPLATES = Path(__file__).with_name("templates")
UPDATE: Mapping[type[Method], str] = {MemoryUpdate: "suite.testing:MemoryUpdateContract"}
RETRIEVAL: Mapping[type[Method], str] = {MemoryRetrieval: "suite.testing:MemoryRetrievalContract"}
ROLES = (
    Role(
        "selector",
        "Chooses at the end of a task which of its samples to keep.",
        {ReplaySelector: "suite.testing:ReplaySelectorContract"},
        TEMPLATES / "selector",
    ),
    Role("update", "Decides batch by batch which samples stay in the buffer.", UPDATE, TEMPLATES / "update"),
    Role("retrieval", "Decides which samples of the buffer are replayed.", RETRIEVAL, TEMPLATES / "retrieval"),
    Role("online", "Does both while the samples stream by.", {**UPDATE, **RETRIEVAL}, TEMPLATES / "online"),
)


@hookimpl
def suite_register_tracks(register: Callable[[Track], None]) -> None:
    """Register the track."""
    register(
        Track(
            name="replay",
            title="Replay in continual learning",
            question="Which samples of earlier tasks should a small buffer remember?",
            contract=(ReplaySelector, MemoryUpdate, MemoryRetrieval, Bound),
            roles=ROLES,
            border="suite.tracks.replay.border:BORDER",
            tasks=TaskKit(
                {
                    "suite.tracks.replay.blurry.protocol:SiBlurryTask": "suite.testing:SiBlurryTaskContract",
                    "suite.tracks.replay.stream.protocol:SplitTask": "suite.testing:ReplayTaskContract",
                    "suite.tracks.replay.associative.protocol:AssociativeTask": "suite.testing:ReplayTaskContract",
                    "suite.tracks.replay.denoising.protocol:DenoisingTask": "suite.testing:ReplayTaskContract",
                    "suite.tracks.replay.generation.protocol:GenerationTask": "suite.testing:GenerationTaskContract",
                },
                TEMPLATES / "task",
            ),
            access=ACCESS,
        )
    )
