"""Has a hook that registers a sound method and then raises."""

from suite import Card, hookimpl
from suite.tracks.ood import Detector


class Half(Detector):
    name = "half"
    version = "1"
    card = Card(title="Registered before the hook raised", status="baseline")

    def score(self, batch):
        return batch.logits.amax(dim=1)


@hookimpl
def suite_register_methods(register):
    register(Half)
    raise RuntimeError("gave up half-way")
