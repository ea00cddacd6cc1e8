"""Stable Diffusion v1.4 on published lists of prompts whose images it brings back."""

from __future__ import annotations

from suite.diffusion.pipeline import PretrainedPipeline
from suite.models.torchscript import TorchScriptFile
from suite.tracks.memorization.prompted.prompts import PromptLists
from suite.tracks.memorization.prompted.protocol import PromptedMitigationTask
from suite.tracks.memorization.prompted.similarity import PretrainedClip


class StableDiffusionTask(PromptedMitigationTask):
    """The lists that Hintersdorf et al. 2024 and Han et al. 2025 publish, after Webster 2023."""

    id = "memorization/stable-diffusion"
    version = "1"
    tier = "large"
    title = "Stable Diffusion v1.4, memorized prompts"
    summary = (
        "Prompts of LAION whose training images Stable Diffusion v1.4 brings back, verbatim (VM) or in layout (TM): "
        "two kinds, never averaged, since on the published list no TM prompt has an SSCD above 0.7 and all VM "
        "prompts do. At most 100 prompts of each kind, four initial noises of each, the same for every method. DDIM "
        "takes 50 steps, from timestep 981 to 1, guidance is 7, in float32. SSCD (disc_mixup) tells copies: largest "
        "cosine to the images of the prompt; CLIP (ViT-B-32, laion2b_s34b_b79k) tells alignment. Methods are ranked on "
        "VM prompts by the area under their trade-off between both. Targets are in units of |e| of 50 ordinary "
        "prompts. It is made for a GPU with 40 GB, and has not been run: neither weights nor images were at hand. Its "
        "code runs in the tests on a pipeline of random weights. Methods see one prompt at a time. Prompts without "
        "published images are left out. The number of prompts and noises is our own choice."
    )
    seeds = (0, 1)
    pipeline = PretrainedPipeline(
        name="stable-diffusion-v1-4",
        repository="CompVis/stable-diffusion-v1-4",
        revision="133a221b8aa7292a167afc5127cb63fb5005638b",
    )
    """At the commit that public repositories pin; it could not be checked against the hub, nor could CLIP's."""
    prompts = PromptLists("memorized-prompts")
    sscd = TorchScriptFile(
        name="sscd-disc-mixup",
        file="sscd_disc_mixup.torchscript.pt",
        source="https://github.com/facebookresearch/sscd-copy-detection",
    )
    clip = PretrainedClip(
        name="clip-vit-b-32-laion2b",
        repository="laion/CLIP-ViT-B-32-laion2B-s34B-b79K",
        revision="1a25a446712ba5ee05982a381eed697ef9b435cf",
    )
    each = 100
    noises = 4
    ordinary = 50
    steps = 50
    scale = 7.0
    rows = 8
