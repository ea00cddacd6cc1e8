"""Random weights as hub repositories hold them: a tiny Stable Diffusion and a tiny CLIP.

Here and in the tests diffusers is imported where it is used: it takes 2 s, of each process that collects them.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch

TOKENS = 8
VOCABULARY = ["<|startoftext|>", "<|endoftext|>", "a</w>", "b</w>"]


def write_pipeline(folder: Path) -> None:
    """Save random weights as the hub's repository holds them."""
    from diffusers import AutoencoderKL, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel

    torch.manual_seed(0)
    UNet2DConditionModel(
        sample_size=8,
        block_out_channels=(8, 16),
        layers_per_block=1,
        norm_num_groups=4,
        cross_attention_dim=12,
        attention_head_dim=4,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
    ).save_pretrained(folder / "unet")
    AutoencoderKL(
        block_out_channels=(8, 8),
        norm_num_groups=4,
        latent_channels=4,
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
    ).save_pretrained(folder / "vae")
    CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(VOCABULARY),
            hidden_size=12,
            intermediate_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            max_position_embeddings=TOKENS,
            bos_token_id=0,
            eos_token_id=1,
            pad_token_id=1,
        )
    ).save_pretrained(folder / "text_encoder")
    write_tokenizer(folder / "tokenizer")


def write_tokenizer(folder: Path) -> None:
    """Save a tokenizer of two words."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps({word: place for place, word in enumerate(VOCABULARY)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    special = {"bos_token": VOCABULARY[0], "eos_token": VOCABULARY[1], "unk_token": VOCABULARY[1]}
    (folder / "special_tokens_map.json").write_text(json.dumps({**special, "pad_token": VOCABULARY[1]}))
    options = {**special, "pad_token": VOCABULARY[1], "model_max_length": TOKENS, "tokenizer_class": "CLIPTokenizer"}
    (folder / "tokenizer_config.json").write_text(json.dumps(options))


def write_clip(folder: Path) -> None:
    """Save a CLIP network of images of 32 x 32, with its tokenizer."""
    from transformers import CLIPConfig, CLIPModel

    torch.manual_seed(0)
    small = {"hidden_size": 12, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    text = {**small, "vocab_size": len(VOCABULARY), "max_position_embeddings": TOKENS, "eos_token_id": 1}
    vision = {**small, "image_size": 32, "patch_size": 16}
    CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=6)).save_pretrained(folder)
    write_tokenizer(folder)
