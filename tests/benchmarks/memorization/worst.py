"""Control: of several initial noises, the one with the largest |e|."""

from __future__ import annotations

import torch

from suite import Card
from suite.tracks.memorization import Mitigation, Plan


class WorstOfN(Mitigation):
    """What `best-of-n` leaves out: if |e| tells who escapes, these do not."""

    name = "worst-of-n"
    version = "1"
    card = Card(title="Worst of N noises by |e|", status="baseline")
    strengths = {"of 4": 4}

    def plan(self, strength, noise, conditions, context) -> Plan:
        generator = context.generator("candidates")
        noises = torch.stack([noise, *(torch.randn(noise.shape, generator=generator) for _ in range(strength - 1))])
        with torch.no_grad():
            norms = [context.sampler.difference(each, conditions).flatten(1).norm(dim=1) for each in noises]
        worst = noises[torch.stack(norms).argmax(dim=0), torch.arange(len(noise))]
        return Plan(worst, conditions, torch.full((len(context.sampler.times), len(noise)), context.scale))
