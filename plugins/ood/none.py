"""Control: no adaptation."""

from __future__ import annotations

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import Adapter


class Nothing(Adapter):
    """The network as it was trained: what adapting is compared with. Its predictions depend on no batch."""

    name = "none"
    version = "1"
    standing = "reference"
    card = Card(title="No adaptation", status="baseline")

    def start(self, network: torch.nn.Module, context: Context) -> None:
        """See `Adapter`."""
        self.network = network.eval()

    def predict(self, images: torch.Tensor) -> torch.Tensor:
        """See `Adapter`."""
        with torch.no_grad():
            logits: torch.Tensor = self.network(images)
        return logits
