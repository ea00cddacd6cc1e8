"""ood/imagenet with a vision transformer."""

from __future__ import annotations

from suite.data.transform import Transform
from suite.models.architecture import Architecture
from suite.models.pretrained import PretrainedModel

from .imagenet import DATA, ImageNetTask

VIT_B16 = PretrainedModel(
    name="vit-b16-imagenet",
    architecture=Architecture("timm/vit_base_patch16_224.augreg2_in21k_ft_in1k"),
    repository="timm/vit_base_patch16_224.augreg2_in21k_ft_in1k",
    revision="3feba41e737e1b28af8e1fd7dca8eed073385972",
    transform=Transform(size=224, shorter=248, bicubic=True, mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5)),
)


class ImageNetViTTask(ImageNetTask):
    """ImageNet-1k against the same OOD sets, with a ViT-B/16."""

    id = "ood/imagenet-vit-b16"
    title = "ImageNet-1k, ViT-B/16"
    summary = (
        f"{DATA} The network is timm's ViT-B/16 (vit_base_patch16_224.augreg2_in21k_ft_in1k), pretrained on "
        "ImageNet-21k, whose classes include many of the OOD sets': where OpenOOD has torchvision's ViT-B/16, which "
        "saw ImageNet-1k alone."
    )
    network = VIT_B16
