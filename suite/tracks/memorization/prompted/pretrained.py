"""What the tasks on a pretrained denoiser that is told prompts declare."""

from __future__ import annotations

from typing import ClassVar

from suite.contracts import Ingredient
from suite.diffusion.pipeline import PretrainedPipeline
from suite.models.torchscript import TorchScriptFile
from suite.tracks.memorization.prompted.prompts import PromptLists
from suite.tracks.memorization.prompted.similarity import PretrainedClip


class Pretrained:
    """Weights, lists, and how samples are asked for.

    Attributes:
        pipeline, prompts, sscd, clip: the weights and lists.
        each: prompts of a kind at most; ``noises``: of each; ``ordinary``: prompts that give targets their unit.
        steps: of DDIM; ``scale``: of guidance; ``rows``: in a pass of the network.
        gap: by so much the SSCD of verbatim prompts is at least larger with plain guidance than with none; ``fit``: by
            so much the CLIP cosine.
    """

    id: ClassVar[str]
    pipeline: ClassVar[PretrainedPipeline]
    prompts: ClassVar[PromptLists]
    sscd: ClassVar[TorchScriptFile]
    clip: ClassVar[PretrainedClip]
    each: ClassVar[int]
    noises: ClassVar[int]
    ordinary: ClassVar[int]
    steps: ClassVar[int]
    scale: ClassVar[float]
    rows: ClassVar[int]
    gap: ClassVar[float] = 0.1
    fit: ClassVar[float] = 0.02

    def requires(self, seed: int) -> tuple[Ingredient, ...]:
        """Return the lists and all weights."""
        return (self.prompts, self.pipeline, self.sscd, self.clip)
