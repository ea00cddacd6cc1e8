"""DeiT-Small on ImageNet-1k."""

from __future__ import annotations

from ._imagenet import ImageNetTask, pretrained, summarize


class DeiTSmallTask(ImageNetTask):
    """DeiT-Small, not distilled."""

    id = "quantization/imagenet-deit-small"
    title = "ImageNet-1k, DeiT-Small"
    summary = summarize("deit_small_patch16_224.fb_in1k, not distilled, 79.9 % in the literature")
    network = pretrained("deit_small_patch16_224.fb_in1k", "91327a9c99f98fe6b524cd4d397b7226b80e1365")
