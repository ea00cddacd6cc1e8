"""Where a node has what the runner has: home, cache, data and weights, by the runner's path or by its own settings."""

from __future__ import annotations

import os
from pathlib import Path

from suite.settings import Settings, load_settings


def names_in(folder: Path) -> list[str]:
    """Return what lies in a folder; nothing if there is none."""
    return sorted(each.name for each in folder.iterdir()) if folder.is_dir() else []


def sees(mark: Path) -> bool:
    """Tell whether this machine sees the runner's cache: the mark that the runner has put there."""
    try:
        return mark.read_text() == mark.name
    except OSError:
        return False


def settings_here(settings: Settings, mark: Path, names: dict[str, list[str]]) -> tuple[Settings, list[str]]:
    """Return a run's settings with the folders of this machine, and what it lacks.

    Data and weights are at the runner's path if the same lies there, else where ``SUITE_DATA`` and ``SUITE_WEIGHTS``
    say on this machine. A machine that does not see the runner's cache keeps one of its own.
    """
    own = load_settings()
    moved: dict[str, Path] = {} if sees(mark) else {"home": own.home, "cache": own.cache_folder}
    lacks = []
    for which, expected in names.items():
        places = (getattr(settings, which), getattr(own, which))
        place = next((each for each in places if each is not None and names_in(each) == expected), None)
        if place is None:
            other = "other files" if places[0].is_dir() else "nothing"
            said = f"; SUITE_{which.upper()}={os.environ.get(f'SUITE_{which.upper()}', '')} there"
            lacks.append(f"{other} at {places[0]}, where the runner has its {which}{said if places[1] else ''}")
        else:
            moved[which] = place
    return settings.model_copy(update=moved), lacks
