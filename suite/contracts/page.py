"""Pages of the leaderboard."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Page:
    """One page: a Streamlit script, its path in the URL, and whether the navigation lists it.

    A page that needs a parameter to make sense, as the page of one run, is not listed but can be linked to.
    """

    path: str
    title: str
    script: Path
    icon: str = ""
    listed: bool = True
