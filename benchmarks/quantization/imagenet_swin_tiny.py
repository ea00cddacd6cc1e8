"""Swin-Tiny on ImageNet-1k."""

from __future__ import annotations

from ._imagenet import ImageNetTask, pretrained, summarize


class SwinTinyTask(ImageNetTask):
    """Swin-Tiny, trained on ImageNet-1k alone."""

    id = "quantization/imagenet-swin-tiny"
    title = "ImageNet-1k, Swin-Tiny"
    summary = summarize("swin_tiny_patch4_window7_224.ms_in1k, 81.4 % in the literature")
    network = pretrained("swin_tiny_patch4_window7_224.ms_in1k", "4cc3a7275b50b53a7bec45f32c236ebe64227cff")
