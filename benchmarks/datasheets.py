"""The datasheets of all that the built-in tasks are made of, by `origin`; docs/data.md shows them, and a test checks.

A fingerprint is of the copy that the published rows were run on. Some of these copies differ from the originals, which
their note says: other bytes, other rows, another fingerprint.
"""

from __future__ import annotations

from suite.data.datasheet import Content, Datasheet

IMAGENET_TERMS = "ImageNet's terms of access: research and teaching, not commercial; images are their owners'"
JPEG = "The copy was stored as JPEG in another order: harder than the original, and not comparable with papers."
SIMULATED = "simulated by the suite, anew for each seed; its cells name the fingerprint of each"
OWN = "that of the suite"

SHEETS = {
    "digits": Datasheet(
        "Handwritten digits, 8x8 grey, 10 classes",
        "Alpaydin and Kaynak 1998 (UCI), as scikit-learn ships them",
        "CC BY 4.0 (UCI)",
        {"digits": Content(1797, "6651eda0162e1ee8cd32d7dfac8cb5dc4ef706d644cc9e122fdf93691008a9e4")},
    ),
    "photograph-patches": Datasheet(
        "Grey 8x8 patches of two photographs",
        "cut by the suite from scikit-learn's two sample photographs",
        "Creative Commons (the photographers, as scikit-learn says)",
        {"photograph-patches": Content(1000, "928f50a231be0bd82955fc436a5078062d00a44a853c533ff4b278f3f9d1177f")},
    ),
    "uniform-noise": Datasheet(
        "8x8 images of uniform noise",
        "drawn by the suite",
        OWN,
        {"uniform-noise": Content(1000, "59998393d757b48918ad95b4e02006757b058f0f8b5faac2d5cf0d50b869306f")},
    ),
    "NoisyTemplates": Datasheet(
        "Means of the digits' classes with noise, so that the probability of each class is known",
        "drawn by the suite from the digits, anew for each seed",
        "CC BY 4.0 (the digits)",
    ),
    "uoft-cs/cifar10": Datasheet(
        "CIFAR-10: photographs, 32x32, 10 classes",
        "Krizhevsky 2009",
        "not stated",
        {
            "train": Content(50_000, "ae7b467e9272296cf1c0d3d837492c674709ff76ec2ca8ab57b96d14695a88d7"),
            "test": Content(10_000, "3abeb0a94e9de4fc54424eb4cc27939402efaf0319efe4133218c6454624202b"),
        },
        JPEG,
    ),
    "uoft-cs/cifar100": Datasheet("CIFAR-100: photographs, 32x32, 100 classes", "Krizhevsky 2009", "not stated"),
    "ylecun/mnist": Datasheet(
        "MNIST: handwritten digits, 28x28 grey, 10 classes",
        "LeCun, Cortes and Burges 1998",
        "MIT (the hub's page)",
        {
            "train": Content(60_000, "7e7f523765fef3c854a71f60a092c35332d95f63218f686c31fe46af4fb4f2dd"),
            "test": Content(10_000, "5153709f0978f4688ead4407bae30de7cb63592e8896185b7f6b5965314ea4ac"),
        },
        "The copy has the rows in another order.",
    ),
    "tanganke/kmnist": Datasheet(
        "KMNIST: handwritten Japanese characters, 28x28 grey, 10 classes", "Clanuwat et al. 2018", "CC BY-SA 4.0"
    ),
    "anubhavmaity/notMNIST": Datasheet(
        "notMNIST: letters A to J of many typefaces, 28x28 grey", "Bulatov 2011", "not stated"
    ),
    "zh-plus/tiny-imagenet": Datasheet(
        "Tiny ImageNet: photographs, 64x64, 200 classes of ImageNet",
        "Le and Yang 2015",
        IMAGENET_TERMS,
        {"valid": Content(10_000, "b54831684a66dcd27441fdbd1f233b0b0dbff481349bef563f13a83e8d9364e3")},
        "The copy was resized to 32x32 and stored as JPEG.",
    ),
    "ufldl-stanford/svhn": Datasheet(
        "SVHN: digits of house numbers, 32x32, 10 classes", "Netzer et al. 2011", "not for commercial use"
    ),
    "tanganke/dtd": Datasheet(
        "DTD: textures, 47 classes",
        "Cimpoi et al. 2014",
        "for research (the makers' page)",
        {"test": Content(1200, "42102e79a9dfb37495202045943a1cdbce0063c509ff96b11c8a5d972ba0c5f2")},
        "The copy has 10 of the 47 classes, 120 images each, cut to 64x64.",
    ),
    "dpdl-benchmark/Places365-Validation": Datasheet(
        "Places365: photographs of places, 365 classes; the validation set", "Zhou et al. 2018", "research and teaching"
    ),
    "ILSVRC/imagenet-1k": Datasheet(
        "ImageNet-1k: photographs, 1,000 classes", "Russakovsky et al. 2015", IMAGENET_TERMS
    ),
    "torch-uncertainty/inaturalist": Datasheet(
        "iNaturalist: photographs of plants of 110 species that are not in ImageNet-1k",
        "Huang and Li 2021, from Van Horn et al. 2018",
        "the photographers'; not for commercial use",
        note="No revision is pinned: nobody has named one.",
    ),
    "torch-uncertainty/Ninco": Datasheet(
        "NINCO: photographs of 64 classes, each looked at, that are not in ImageNet-1k",
        "Bitterwolf, Mueller and Hein 2023",
        "the images' own; see the makers' page",
        note="No revision is pinned: nobody has named one.",
    ),
    "torch-uncertainty/Openimage-O": Datasheet(
        "OpenImage-O: photographs of OpenImage-V3, each looked at, that are not in ImageNet-1k",
        "Wang et al. 2022",
        "the photographers' (Flickr); see the makers' page",
        note="No revision is pinned: nobody has named one.",
    ),
    "torch-uncertainty/SSB_hard": Datasheet(
        "SSB-hard: photographs of classes of ImageNet-21k near to those of ImageNet-1k",
        "Vaze et al. 2022",
        IMAGENET_TERMS,
        note="No revision is pinned: nobody has named one.",
    ),
    "wltjr1007/Camelyon17-WILDS": Datasheet(
        "Camelyon17 of WILDS: stained tissue of five hospitals, 96x96, tumour or none",
        "Bandi et al. 2018, Koh et al. 2021",
        "CC0 (WILDS); the hub's page says other",
    ),
    "albertvillanova/medmnist-v2": Datasheet(
        "MedMNIST v2: medical images of several kinds, 28x28",
        "Yang et al. 2023",
        "CC BY 4.0; DermaMNIST CC BY-NC 4.0",
    ),
    "PromptLists": Datasheet(
        "Prompts that bring back images of LAION, those images, and ordinary prompts",
        "Webster 2023, Wen et al. 2024, Hintersdorf et al. 2024; a folder that you bring",
        "the images' own",
        note="LAION's images were found on the web, and some show people.",
    ),
    "AlanineDipeptide": Datasheet("A molecule in ten internal coordinates", SIMULATED, OWN),
    "Latent": Datasheet("Trajectories of Langevin dynamics with known basins", SIMULATED, OWN),
    "Explored": Datasheet("Trajectories that explore a landscape, to find basins in", SIMULATED, OWN),
    "Stretched": Datasheet("Trajectories of Langevin dynamics with another time between frames", SIMULATED, OWN),
    "ProcessLatent": Datasheet("Trajectories of Markov processes with known basins", SIMULATED, OWN),
}
