"""Registers a method under a name that the suite's own MSP has, and one under a name of its own."""

from suite import Card, hookimpl
from suite.tracks.ood import Detector


class Impostor(Detector):
    name = "msp"
    version = "2"
    card = Card(title="Another method of the same name", status="baseline")

    def score(self, batch):
        return batch.logits.amax(dim=1)


class Honest(Impostor):
    name = "honest"


@hookimpl
def suite_register_methods(register):
    register(Impostor)
    register(Honest)
