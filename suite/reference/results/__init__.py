"""Published results in the documentation: tables between markers, and a page for each track.

``python docs/results.py`` fills the markers of ``docs/*.md``; CONTRIBUTING.md says how one is written.
"""

from __future__ import annotations

from suite.board.artifact import published_board
from suite.board.board import Board
from suite.errors import SuiteError
from suite.registry import Registry
from suite.store.published import packaged_folders, published_in


def published(registry: Registry) -> Board:
    """Return the board of what comes with the package, and of nothing else.

    Raises:
        SuiteError: a submission is damaged.
    """
    submissions, refused = published_in([(folder, True) for folder in packaged_folders()])
    for name, why in refused.items():
        raise SuiteError(why, place=name, next="git checkout submissions")
    return published_board(registry, submissions)
