"""A task on prompts under a seed, step by step: prompts, denoiser, judges, and the anchors that all methods share."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from suite.contracts import TaskContext
from suite.diffusion.guidance import Path, Plan
from suite.diffusion.stable import SCHEDULE
from suite.diffusion.steps import SchedulerSteps
from suite.errors import SuiteError
from suite.lazy import torch
from suite.tracks.memorization.asked import AskedSampler
from suite.tracks.memorization.experiment import CaptionVocabulary
from suite.tracks.memorization.metrics import FREE, PLAIN
from suite.tracks.memorization.prompted.prompts import KINDS, Prompt
from suite.tracks.memorization.prompted.similarity import ClipScore, copy_embeddings

if TYPE_CHECKING:
    from PIL.Image import Image
    from torch import Tensor

    from suite.diffusion.prompted import PromptedDenoiser, PromptEmbedding
    from suite.tracks.memorization.prompted.pretrained import Pretrained


@dataclass(frozen=True)
class Asked:
    """N samples of a prompt: its tokens [N, L], the initial noise [N, C, H, W], and the prompt's number."""

    prompt: Prompt
    number: int
    captions: Tensor
    noise: Tensor


class PromptedExperiment:
    """The parts of a task under a seed. ``task`` declares them."""

    def __init__(self, task: Pretrained, context: TaskContext) -> None:
        self.task, self.context = task, context
        self.resources, self.device = context.resources, context.resources.device

    @cached_property
    def network(self) -> PromptedDenoiser:
        """The U-Net with its text encoder, frozen, on the device."""
        from suite.diffusion.prompted import PromptedDenoiser

        made = PromptedDenoiser(self.task.pipeline.load("unet", self.resources), self._embedding)
        return made.to(self.device).eval().requires_grad_(False)

    @cached_property
    def _embedding(self) -> PromptEmbedding:
        from suite.diffusion.prompted import PromptEmbedding

        load = self.task.pipeline.load
        return PromptEmbedding(load("text_encoder", self.resources), load("tokenizer", self.resources))

    @property
    def vocabulary(self) -> CaptionVocabulary:
        """What prompts are made of."""
        return CaptionVocabulary(self.network, len(self._embedding.ordinary))

    def sampler(self) -> AskedSampler:
        """Return the denoiser with the task's steps, and a meter that starts at 0."""
        return AskedSampler(self.network, SchedulerSteps(SCHEDULE, "ddim-stable", self.task.steps), self.task.rows)

    @cached_property
    def prompts(self) -> list[Prompt]:
        """The first of each kind, all VM before all TM."""
        found = self.task.prompts.memorized(self.resources)
        return [prompt for kind in KINDS for prompt in found[kind][: self.task.each]]

    def asked(self, number: int) -> Asked:
        """Return the samples of a prompt."""
        prompt = self.prompts[number]
        return Asked(prompt, number, self._captions(prompt.text), self._noise(prompt.text))

    def _captions(self, text: str) -> Tensor:
        return self._embedding.tokens([text]).repeat(self.task.noises, 1).to(self.device)

    def _noise(self, text: str) -> Tensor:
        size = self.network.unet.config.sample_size
        shape = (self.task.noises, self.network.unet.config.in_channels, size, size)
        drawn = self.context.rng(f"noise of {text}").standard_normal(shape, dtype="float32")
        return torch.from_numpy(drawn).to(self.device)

    @cached_property
    def noises(self) -> str:
        """The sha256 of all initial noises."""
        hasher = hashlib.sha256()
        for prompt in self.prompts:
            hasher.update(self._noise(prompt.text).cpu().numpy().tobytes())
        return hasher.hexdigest()

    def images(self, latents: Tensor) -> list[Image]:
        """Return the images that the autoencoder makes of latents [N, C, H, W]."""
        from PIL import Image

        with torch.no_grad():
            pixels = [self._vae.decode(each / self._vae.config.scaling_factor).sample for each in latents.split(1)]
        shown = ((torch.cat(pixels) / 2 + 0.5).clamp(0, 1) * 255).round().to(torch.uint8).permute(0, 2, 3, 1)
        return [Image.fromarray(each) for each in shown.cpu().numpy()]

    def judged(self, latents: Tensor, prompt: Prompt) -> dict[str, Tensor]:
        """Return SSCD, CLIP and the distance to the prompt's other samples of latents [N, C, H, W]; each [N]."""
        images = self.images(latents)
        found, truths = (copy_embeddings(self._sscd, of, self.device) for of in (images, prompt.images()))
        alike, count = found @ found.T, len(found)
        apart = 1 - (alike.sum(dim=1) - alike.diagonal()) / max(count - 1, 1)
        return {
            "sscd": (found @ truths.T).max(dim=1).values,
            "clip": self._clip.scores(images, prompt.text),
            "apart": apart if count > 1 else torch.full((count,), torch.nan),
        }

    @cached_property
    def _vae(self) -> Any:
        return self.task.pipeline.load("vae", self.resources).to(self.device)

    @cached_property
    def _sscd(self) -> Any:
        return self.task.sscd.load(self.resources)

    @cached_property
    def _clip(self) -> ClipScore:
        return self.task.clip.load(self.resources)

    @cached_property
    def anchors(self) -> dict[str, Tensor]:
        """What samples with plain guidance and with none are, [prompts, noises] each, and the norm for targets [1]."""
        identity = {
            "parts": {part.name: part.fingerprint(self.resources) for part in self.task.requires(self.context.seed)},
            "seed": self.context.seed,
            "asked": [self.task.each, self.task.noises, self.task.steps, self.task.scale, self.task.ordinary],
            "version": 1,
        }
        return self.resources.cache.tensors("prompted-anchors", identity, self._measured)

    def _measured(self) -> dict[str, Tensor]:
        rows: dict[str, list[Tensor]] = {}
        for number in range(len(self.prompts)):
            asked = self.asked(number)
            for part, scale in ((PLAIN, self.task.scale), (FREE, 0.0)):
                path = self._plain(asked.captions, asked.noise, scale)
                found = {**self.judged(path.final, asked.prompt), "guidance": path.norms[0].cpu()}
                for name, values in found.items():
                    rows.setdefault(f"{part} {name}", []).append(values)
        norms = [self._first_norms(text) for text in self.task.prompts.ordinary(self.resources)[: self.task.ordinary]]
        return {**{name: torch.stack(values) for name, values in rows.items()}, "norm": torch.cat(norms).median()[None]}

    def _plain(self, captions: Tensor, noise: Tensor, scale: float) -> Path:
        sampler = self.sampler()
        scales = torch.full((len(sampler.times), len(noise)), scale)
        return sampler.sample(Plan(noise, self.vocabulary.embedded(captions), scales), ("norms",) if scale else ())

    def _first_norms(self, text: str) -> Tensor:
        conditions = self.vocabulary.embedded(self._captions(text))
        return self.sampler().first_norms(self._noise(text), conditions).cpu()

    def check_that_it_can_tell(self) -> None:
        """Check that plain guidance brings back the images of verbatim prompts and fits them, and no guidance does not.

        Raises:
            SuiteError: the SSCD of both is nearly the same, or the CLIP cosine.
        """
        verbatim = sum(prompt.kind == KINDS[0] for prompt in self.prompts)
        for name, metric, least in (("sscd", "SSCD", self.task.gap), ("clip", "CLIP cosine", self.task.fit)):
            plain, free = (float(self.anchors[f"{part} {name}"][:verbatim].mean()) for part in (PLAIN, FREE))
            if plain - free < least:
                raise SuiteError(
                    f"mitigation cannot be measured here. The {metric} of verbatim prompts is "
                    f"{plain:.2f} with plain guidance and {free:.2f} without guidance",
                    place=f"{self.task.id}, seed {self.context.seed}",
                    next=f"check that the images of {self.task.prompts.name} fit its list, then: suite run",
                )
