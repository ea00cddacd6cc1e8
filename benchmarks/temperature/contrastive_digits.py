"""A small ConvNet trained on digits without labels, with the temperature inside the loss scheduled."""

from __future__ import annotations

from suite import Cost
from suite.data.transform import Transform
from suite.models.architecture import Architecture
from suite.tracks.temperature.encoder.protocol import ContrastiveTask
from suite.tracks.temperature.encoder.walkers import Training

from ..data_sets import DIGITS


class ContrastiveDigitsTask(ContrastiveTask):
    """scikit-learn's digits, 200 updates."""

    id = "temperature/contrastive-digits"
    version = "1"
    tier = "embedded"
    title = "Digits, contrastive encoder"
    summary = (
        "A ConvNet of two convolutions maps scikit-learn's 8x8 digits to 16 numbers on the unit sphere. It is trained "
        "without labels, with InfoNCE on two random views of each image, in 200 updates of AdamW on 240 images each. A "
        "method chooses tau = 1 / beta of each update, from 1 to 0.05 unless it says otherwise; nothing else is "
        "annealed. 1,200 images train, 597 test; weights, batches, views and split depend on the seed alone. A linear "
        "probe on the frozen embeddings ranks. The axis objective takes the positive out of the denominator: InfoLOOB; "
        "the axis classes thins the classes that train the encoder out to a tenth."
    )
    seeds = (0, 1, 2, 3, 4)
    cost = Cost(preparation=0.0, cell=3.3)
    data = DIGITS
    transform = Transform(size=8, channels=1, scale=16.0)
    train = 1200
    training = Training(Architecture("small-cnn", {"classes": 16, "width": 32}), updates=200, batch=240, rate=3e-3)
    hottest = 1.0
    coldest = 20.0
