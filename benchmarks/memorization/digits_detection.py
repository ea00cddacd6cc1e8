"""Who notices copies of digits: seconds in all."""

from __future__ import annotations

from suite import Cost
from suite.tracks.memorization.detection.protocol import GuidedDetectionTask

from ._protocol import CAPTIONS
from .digits import DigitsTask


class DigitsDetectionTask(GuidedDetectionTask):
    """Samples of the denoiser of ``memorization/digits`` under plain guidance."""

    id = "memorization/digits-detection"
    version = "1"
    tier = "embedded"
    title = "Digits, detection of copies"
    summary = (
        f"{CAPTIONS} The denoisers, captions and noises of memorization/digits, sampled with plain guidance: 200 "
        "samples of special captions and 80 of ordinary ones for each of five seeds. A detector sees the samples and "
        "|e| at each of 25 steps, in an order drawn at random. It is ranked by how well it tells special captions from "
        "ordinary ones; how well it tells copies from other samples of special captions, over all of them and within "
        "each, stands beside it."
    )
    seeds = DigitsTask.seeds
    cost = Cost(preparation=3.7, cell=0.1)
    tour = ({},)
    family = DigitsTask.family
    data = DigitsTask.data
    transform = DigitsTask.transform
    design = DigitsTask.design
    architecture = DigitsTask.architecture
    schedule = DigitsTask.schedule
    recipe = DigitsTask.recipe
    stride = DigitsTask.stride
    scale = DigitsTask.scale
    noises = DigitsTask.noises
    shipped = DigitsTask.shipped
