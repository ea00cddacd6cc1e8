"""``suite new``."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from suite.cli.output import echo, load

app = typer.Typer(help="Start a method of your own from a template that works.", no_args_is_help=True)


@app.command()
def method(
    name: Annotated[str, typer.Argument(help="Name of the method, as my-method.")],
    track: Annotated[str, typer.Option("--track", help="Track that it belongs to; suite tasks lists them.")],
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="Where to write it; a new folder of that name if not given.")
    ] = None,
    role: Annotated[str, typer.Option("--role", help="Kind of method; the track's first if not given.")] = "",
    plugin: Annotated[list[Path] | None, typer.Option("--plugin", help="Plugin file with a track.")] = None,
) -> None:
    """Write a small package: a method that works, its test, pyproject.toml, README and licence.

    Exit status: 0, or 2 if the name is taken, there is no template, or the folder is not empty: then nothing is
    written.
    """
    registry, _ = load(plugin_files=tuple(plugin or ()))
    from suite.scaffold import new_method

    package = new_method(registry, name, track, role, folder)
    package.write()
    echo(f"{package.name}, role {package.role}, is in {package.folder}: {', '.join(package.files)}")
    if package.others:
        echo(f"other roles of this track: {', '.join(package.others)} (--role)")
    short, task = package.name.partition("/")[2], package.task or "TASK"
    file = shlex.quote(package.module)
    echo(
        f"next:\n"
        f"  cd {shlex.quote(str(package.folder))}\n"
        f"  pip install -e '.[test]' && pytest\n"
        f"  suite run --task {task} --method {short} && suite board --task {task}\n"
        f"or without installing it: suite run --plugin {file} --task {task} --method {short}"
    )
