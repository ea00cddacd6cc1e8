"""Trains denoisers anew and writes the files that come with the suite, for `Trained.shipped`.

``python -m suite.tracks.memorization.shipping suite.benchmarks.memorization.digits:DigitsTask 0 1 2 3 4`` writes
``digits-0.safetensors`` and so on into the folder that it is run in. On another processor the weights differ by
rounding, and so do scores.
"""

from __future__ import annotations

from argparse import ArgumentParser
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from suite.cache import Cache
from suite.contracts import Resources
from suite.settings import load_settings

if TYPE_CHECKING:
    from suite.tracks.memorization.trained import Trained


def write(task: Trained, seed: int, folder: Path, resources: Resources) -> Path:
    """Train the denoiser of a seed, unless the cache has it, and return the file of its weights in half precision."""
    model = replace(task.model(seed), shipped=None)
    file = folder / f"{task.family}-{seed}.safetensors"
    model.write(file, resources)
    return file


if __name__ == "__main__":
    parser = ArgumentParser(prog=f"python -m {__spec__.name}", description=__doc__)
    parser.add_argument("task", metavar="MODULE:CLASS", help="the task whose denoisers are trained")
    parser.add_argument("seeds", metavar="SEED", type=int, nargs="+")
    asked = parser.parse_args()
    settings = load_settings()
    at_hand = Resources(settings, Cache(settings.cache_folder))
    module, _, attribute = asked.task.partition(":")
    chosen: Trained = getattr(import_module(module), attribute)()
    for number in asked.seeds:
        print(write(chosen, number, Path(), at_hand))
