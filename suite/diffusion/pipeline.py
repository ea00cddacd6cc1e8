"""Stable Diffusion's weights: the parts of a pipeline as diffusers saves it, from a folder or from the hub."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from suite.contracts import Ingredient, Missing, Resources
from suite.errors import SuiteError, first_line
from suite.extras import required_library
from suite.hashing import digest, file_digest

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
class PretrainedPipeline(Ingredient):
    """U-Net, autoencoder, text encoder and tokenizer.

    ``SUITE_WEIGHTS/<repository>`` is read where that folder exists. Otherwise the files are downloaded from the hub at
    the pinned revision, which is allowed as for data: once SUITE_DATA is set, only with SUITE_HUB=1.
    """

    kind = "model"
    name: str
    repository: str
    revision: str
    optional: bool = False

    def known_fingerprint(self, resources: Resources) -> str | None:
        """Return the hash of all files if it was computed before for these very files, else None.

        Raises:
            Missing: they are not on this machine, and the hub is off.
        """
        folder = self._mirrored(resources)
        if folder is None and not resources.settings.hub_allowed:
            raise Missing(f"no {self.repository} under SUITE_WEIGHTS; the hub is off")
        note = resources.cache.note("pretrained", self._stamp(folder))
        return None if note is None else str(note["sha256"])

    def make(self, resources: Resources) -> str:
        """Hash all files, downloaded if need be."""
        folder = self.folder(resources)
        sha256 = digest({file: file_digest(folder / file) for file in FILES})
        resources.cache.write_note("pretrained", self._stamp(self._mirrored(resources)), {"sha256": sha256})
        return sha256

    def folder(self, resources: Resources) -> Path:
        """Return the folder of the files, downloaded if need be.

        Raises:
            Missing: they are not on this machine and cannot be downloaded.
        """
        given = self._mirrored(resources)
        if given is not None:
            return given
        if not resources.settings.hub_allowed:
            raise Missing(f"no {self.repository} under SUITE_WEIGHTS; the hub is off")
        from huggingface_hub import snapshot_download

        resources.log(f"weights of {self.repository}")
        try:
            return Path(snapshot_download(self.repository, revision=self.revision, allow_patterns=list(FILES)))
        except Exception as error:  # the library raises whatever the network does
            raise Missing(f"{self.repository} could not be downloaded: {type(error).__name__}") from error

    def load(self, part: Part, resources: Resources) -> Any:
        """Return one part, modules in evaluation mode on the CPU in float32.

        Raises:
            Missing: it is not at hand.
            SuiteError: the library is not installed, or the files are not those of such a part.
        """
        library, name = CLASSES[part]
        cls = getattr(required_library(library), name)
        folder = self.folder(resources)
        # Without accelerate, which would load them in pieces; diffusers says so at length unless told.
        of_library = {"low_cpu_mem_usage": False} if library == "diffusers" else {}
        options = {} if part == "tokenizer" else {"use_safetensors": True, **of_library}
        try:
            loaded = cls.from_pretrained(folder, subfolder=part, local_files_only=True, **options)
        except Exception as error:  # the libraries raise whatever their readers do
            raise SuiteError(
                f"it is no {name}: {first_line(error)}",
                place=str(folder / part),
                next="restore the folder from the hub, or delete it to download it again, then: suite run",
            ) from error
        return loaded if part == "tokenizer" else loaded.float().eval()

    def _stamp(self, folder: Path | None) -> dict[str, Any]:
        """Return what changes whenever the content may have changed; cheap."""
        if folder is None:
            return {"repository": self.repository, "files": list(FILES), "revision": self.revision}
        stats = {file: (folder / file).stat() for file in FILES}
        return {"folder": str(folder), "files": {file: [at.st_size, at.st_mtime_ns] for file, at in stats.items()}}

    def _mirrored(self, resources: Resources) -> Path | None:
        """Return the folder under SUITE_WEIGHTS if it is there.

        Raises:
            Missing: a file is not in it.
        """
        weights = resources.settings.weights
        folder = None if weights is None else weights / self.repository
        if folder is None or not folder.is_dir():
            return None
        lacking = [file for file in FILES if not (folder / file).is_file()]
        if lacking:
            raise Missing(f"no {', '.join(lacking)} in {folder}")
        return folder
