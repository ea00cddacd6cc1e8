"""Detectors of other libraries on the suite's tasks, so that theirs and ours are measured alike.

They are listed where their library is installed (``pip install 'basin-suite[pytorch-ood]'``) and unknown where it is
not; nothing of a library is imported before one of its detectors is fitted. They keep a league of their own.
"""

from __future__ import annotations

from importlib.util import find_spec

from suite.tracks.ood import Detector


def installed_peers() -> tuple[type[Detector], ...]:
    """Return an adapter for every detector of the libraries that are installed."""
    if find_spec("pytorch_ood") is None:
        return ()
    from .pytorch_ood import adapters

    return adapters()
