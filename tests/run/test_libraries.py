"""What a run imports once: what its tracks name, and what its tasks name beside that."""

from __future__ import annotations

import subprocess
import sys

from suite.registry import load_registry
from suite.run.libraries import libraries

LATE = "torch._dynamo"
"""What torch imports when the first optimiser is made."""


def test_tracks_and_tasks_name_what_their_cells_import() -> None:
    registry = load_registry()
    assert LATE not in libraries(registry, ["ood/digits"])
    assert libraries(registry, ["ood/coloured-digits", "ood/digits"]) == (LATE,)
    both = libraries(registry, ["quantization/digits-vit", "ood/coloured-digits"])
    assert [name for name in both if name == LATE] == [LATE]
    assert set(both) == {*registry.tracks["quantization"].libraries, LATE}


def test_an_optimiser_imports_nothing_else_late() -> None:
    code = (
        "import sys, torch, torch._dynamo; known = set(sys.modules)\n"
        "weights = [torch.ones(2, requires_grad=True)]\n"
        "for optimiser in (torch.optim.SGD(weights, 0.1), torch.optim.AdamW(weights, fused=True)):\n"
        "    weights[0].grad = torch.ones(2); optimiser.step(); optimiser.zero_grad()\n"
        "print(len(set(sys.modules) - known))"
    )
    assert int(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout) < 20
