"""DeiT-Tiny on ImageNet-1k."""

from __future__ import annotations

from ._imagenet import ImageNetTask, pretrained, summarize


class DeiTTinyTask(ImageNetTask):
    """DeiT-Tiny, not distilled."""

    id = "quantization/imagenet-deit-tiny"
    title = "ImageNet-1k, DeiT-Tiny"
    summary = summarize("deit_tiny_patch16_224.fb_in1k, not distilled, 72.2 % in the literature")
    network = pretrained("deit_tiny_patch16_224.fb_in1k", "80e968688553f219e4a86f940ed945a23709c16f")
