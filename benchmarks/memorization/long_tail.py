"""Digits with a long tail: what limiting memorization costs captions with few images."""

from __future__ import annotations

from suite import Cost
from suite.tracks.memorization.long_tail.design import LongTail
from suite.tracks.memorization.long_tail.protocol import TailMitigationTask

from ._protocol import CAPTIONS
from .digits import DigitsTask


class LongTailTask(TailMitigationTask):
    """The images and the network of ``memorization/digits``, with two rare patterns of signs."""

    id = "memorization/long-tail"
    version = "1"
    tier = "standard"
    title = "Digits with a long tail"
    summary = (
        f"{CAPTIONS} As memorization/digits, but of two opposite patterns of signs the denoiser sees a twentieth "
        "of the training images, 6 to 10, and no special caption has them. A mitigation plans for special "
        "captions, for those of the rare patterns and for those of the others in one call, as somebody who does not "
        "know which prompts are memorized. Ranked by the worst of the three: the area under the trade-off between what "
        "is memorized of special captions and the least part of the alignment that a group keeps. Five noises of a "
        "special caption, thirty of a rare and ten of a frequent one: 100, 60 and 60 samples for each strength. The "
        "weights of both seeds come with the suite."
    )
    seeds = (0, 1)
    cost = Cost(preparation=4.0, cell=7.2)
    family = "long-tail"
    data = DigitsTask.data
    transform = DigitsTask.transform
    design = LongTail(held=597)
    architecture = DigitsTask.architecture
    schedule = DigitsTask.schedule
    recipe = DigitsTask.recipe
    stride = DigitsTask.stride
    scale = DigitsTask.scale
    noises = 5
    rare_noises = 30
    frequent_noises = 10
    shipped = DigitsTask.shipped
