"""Stable Diffusion's U-Net as a denoiser that is told prompts, whose cross-attention can be changed."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from suite.diffusion.captions import ABSENT, Captioned
from suite.diffusion.guidance import Attention


class PromptEmbedding(nn.Module):
    """Embeds prompts by a pipeline's text encoder, laid out as its tokenizer lays them out.

    Tokens are numbered without the special ones. A condition is [L, D]: begin, the prompt's tokens, end, and padding up
    to the encoder's length; what is longer is cut off.

    Args:
        encoder: of the text, transformers' `CLIPTextModel`.
        tokenizer: transformers' `CLIPTokenizer`.
    """

    ordinary: Tensor

    def __init__(self, encoder: Any, tokenizer: Any) -> None:
        super().__init__()
        self.encoder, self._tokenizer = encoder, tokenizer
        self.length = int(encoder.config.max_position_embeddings)
        every = set(range(encoder.config.vocab_size)) - set(tokenizer.all_special_ids)
        self._empty: Tensor | None = None
        self.register_buffer("ordinary", torch.tensor(sorted(every)))

    def tokens(self, prompts: list[str]) -> Tensor:
        """Return the tokens of prompts [N, L - 2], int64, `ABSENT` behind the last."""
        ids = self._tokenizer(prompts, add_special_tokens=False, truncation=True, max_length=self.length - 2).input_ids
        found = torch.full((len(ids), self.length - 2), ABSENT)
        for row, each in zip(found, ids, strict=True):
            kept = torch.tensor([number for number in each if number not in self._tokenizer.all_special_ids])
            row[: len(kept)] = torch.searchsorted(self.ordinary.cpu(), kept)
        return found

    def forward(self, captions: Tensor) -> Tensor:
        """Return conditions [B, L, D] of captions [B, any], of which `ABSENT` tokens do not count."""
        tokenizer, device = self._tokenizer, self.ordinary.device
        ids = torch.full((len(captions), self.length), int(tokenizer.pad_token_id), device=device)
        for row, caption in zip(ids, captions.to(device), strict=True):
            inner = self.ordinary[caption[caption != ABSENT]][: self.length - 2]
            row[0], row[1 : len(inner) + 1], row[len(inner) + 1] = tokenizer.bos_token_id, inner, tokenizer.eos_token_id
        conditions: Tensor = self.encoder(ids)[0]
        return conditions

    def unconditional(self, count: int) -> Tensor:
        """Return the condition of the empty prompt, ``count`` times [count, L, D]."""
        if self._empty is None:
            with torch.no_grad():
                self._empty = self.forward(torch.empty((1, 0), dtype=torch.int64))
        return self._empty.expand(count, -1, -1)


class PromptedDenoiser(Captioned):
    """Maps noised latents [B, C, H, W], timesteps [B] and conditions [B, L, D] to the noise in the latents.

    Args:
        unet: diffusers' `UNet2DConditionModel`.
        captions: embeds prompts.
    """

    attends = True

    def __init__(self, unet: Any, captions: PromptEmbedding) -> None:
        super().__init__()
        self.unet, self.captions = unet, captions
        self._factors: Tensor | None = None
        for name, module in unet.named_modules():
            if name.endswith("attn2"):  # cross-attention; attn1 is that of a latent to itself
                module.to_k.register_forward_hook(self._scale)

    def forward(self, noised: Tensor, times: Tensor, conditions: Tensor, attention: Attention | None = None) -> Tensor:
        """Return the noise [B, C, H, W]."""
        self._factors = None if attention is None else attention.factors
        shown = None if attention is None else attention.shown
        noise: Tensor = self.unet(
            noised, times, encoder_hidden_states=conditions, encoder_attention_mask=shown, return_dict=False
        )[0]
        return noise

    def _scale(self, module: nn.Module, inputs: Any, keys: Tensor) -> Tensor:
        """Scale the keys of tokens: their logits are products with them, and nothing else is."""
        return keys if self._factors is None else keys * self._factors[:, :, None]
