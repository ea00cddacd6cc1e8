"""VAMPnet of deeptime, where that is installed (``pip install 'basin-suite[deeptime]'``)."""

from __future__ import annotations

from importlib.metadata import version

from pydantic import Field

from suite import Card
from suite.lazy import torch
from suite.tracks.basins import BasinContext, BasinDetector, Trajectories

from ._trajectory_frames import vote

RELEASE = version("deeptime")


class VAMPnet(BasinDetector):
    """A network learns soft states [count] whose time-lagged VAMP-2 score is largest; majority vote of frames.

    Loss and training step are deeptime's; the network and the settings are ours, and not tuned. Training may fail or
    stop at fewer states: that is part of the result. Source: Mardt et al. 2018.
    """

    name = "vampnet"
    version = f"1+deeptime-{RELEASE}"
    needs = frozenset({"count"})
    formerly = {"vampnet": {"basins": "counted"}}  # it was run without a setting
    standing = "reference"
    card = Card(
        title="VAMPnet",
        status="paper",
        paper="VAMPnets for deep learning of molecular kinetics",
        authors="Andreas Mardt, Luca Pasquali, Hao Wu, Frank Noe",
        year=2018,
        url="https://arxiv.org/abs/1710.06012",
        note=f"Loss and training step of deeptime {RELEASE}; network and settings are ours, untuned.",
    )

    class Parameters(BasinDetector.Parameters):
        """A small network, trained for seconds."""

        lag: int = Field(1, ge=1, description="frames between the two halves of a pair")
        epochs: int = Field(20, ge=1, description="passes over all pairs of frames")
        batch: int = Field(512, ge=2, description="pairs in a step")
        width: int = Field(64, ge=1, description="units of each of the two hidden layers")
        rate: float = Field(1e-3, gt=0, description="Adam's learning rate")

    parameters: Parameters

    def partition(self, trajectories: Trajectories, context: BasinContext) -> list[int]:
        """Return the most frequent state of each representative's frames [K].

        Raises:
            ValueError: trajectories are not longer than the lag.
        """
        from deeptime.decomposition.deep import VAMPNet
        from torch import nn

        lag, width = self.parameters.lag, self.parameters.width
        if trajectories.shape[2] <= lag:
            raise ValueError(f"trajectories of {trajectories.shape[2]} frames have no lag of {lag}")
        assert context.count is not None
        spread, mean = torch.std_mean(trajectories, dim=(0, 1, 2))
        inputs = (trajectories - mean) / spread.clamp(min=1e-12)
        before, after = inputs[:, :, :-lag].flatten(0, 2), inputs[:, :, lag:].flatten(0, 2)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(int(context.rng("network").integers(2**31)))
            hidden = (nn.Linear(inputs.shape[3], width), nn.ELU(), nn.Linear(width, width), nn.ELU())
            network = nn.Sequential(*hidden, nn.Linear(width, context.count), nn.Softmax(dim=-1)).to(inputs.device)
            training = VAMPNet(network, learning_rate=self.parameters.rate, device=inputs.device)
            for _ in range(self.parameters.epochs):
                # All batches have about the same size: a covariance of a few left-over pairs is singular.
                for rows in torch.randperm(len(before)).chunk(-(-len(before) // self.parameters.batch)):
                    training.partial_fit((before[rows], after[rows]))
        with torch.no_grad():
            states = training.lobe.eval()(inputs[:, :, context.burn_in :])
        return vote(states.argmax(dim=-1).flatten(1, 2).cpu().numpy())
