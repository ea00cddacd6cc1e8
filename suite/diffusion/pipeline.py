"""Stable Diffusion's weights: the parts of a pipeline as diffusers saves it, from a folder or from the hub."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from suite.contracts import Resources
from suite.models.folder import PretrainedFolder

Part = Literal["unet", "vae", "text_encoder", "tokenizer"]
CLASSES: dict[Part, tuple[Literal["diffusers", "transformers"], str]] = {
    "unet": ("diffusers", "UNet2DConditionModel"),
    "vae": ("diffusers", "AutoencoderKL"),
    "text_encoder": ("transformers", "CLIPTextModel"),
    "tokenizer": ("transformers", "CLIPTokenizer"),
}
FILES = (
    "unet/config.json",
    "unet/diffusion_pytorch_model.safetensors",
    "vae/config.json",
    "vae/diffusion_pytorch_model.safetensors",
    "text_encoder/config.json",
    "text_encoder/model.safetensors",
    "tokenizer/vocab.json",
    "tokenizer/merges.txt",
    "tokenizer/tokenizer_config.json",
    "tokenizer/special_tokens_map.json",
)
"""What is read of a repository: safetensors, never pickles, and no other precision."""


@dataclass(frozen=True)
class PretrainedPipeline(PretrainedFolder):
    """U-Net, autoencoder, text encoder and tokenizer."""

    files = FILES

    def load(self, part: Part, resources: Resources) -> Any:
        """Return one part, modules in evaluation mode on the CPU in float32.

        Raises:
            Missing: it is not at hand.
            SuiteError: the library is not installed, or the files are not those of such a part.
        """
        library, name = CLASSES[part]
        # Without accelerate, which would load them in pieces; diffusers says so at length unless told.
        of_library = {"low_cpu_mem_usage": False} if library == "diffusers" else {}
        options = {} if part == "tokenizer" else {"use_safetensors": True, **of_library}
        loaded = self._loaded(library, name, resources, part, **options)
        return loaded if part == "tokenizer" else loaded.float().eval()
