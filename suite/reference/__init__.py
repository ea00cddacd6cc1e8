"""The reference of the documentation site. All of it is made from the code."""

from __future__ import annotations

from suite.reference import commands, hooks, methods, metrics, python, results, settings, store, tasks
from suite.reference.results.page import page as results_page
from suite.registry import Registry


def pages(registry: Registry) -> dict[str, str]:
    """Return the Markdown of every page by its address below ``reference/``, in the order of the navigation."""
    tracks = [entry.value for entry in registry.tracks]
    made = {
        "command-line.md": commands.page(),
        "settings.md": settings.page(),
        "hooks.md": hooks.page(),
        "python.md": python.page(registry),
        "store.md": store.page(),
    }
    for part in (tasks, methods, metrics):
        kind = part.__name__.rpartition(".")[2]
        made |= {f"{kind}/{track.name}.md": part.page(registry, track) for track in tracks}
    board = results.published(registry)
    made |= {f"results/{track.name}.md": results_page(board, track) for track in board.index.tracks}
    return made
