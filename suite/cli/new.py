"""``suite new``."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from suite.cli.output import PluginOption, echo, load

app = typer.Typer(help="Start a method or a task of your own from a template that works.", no_args_is_help=True)


@app.command()
def method(
    name: Annotated[str, typer.Argument(help="Name of the method, as my-method.")],
    track: Annotated[str, typer.Option("--track", help="Track that it belongs to; suite tasks lists them.")],
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="Where to write it; a new folder of that name if not given.")
    ] = None,
    role: Annotated[str, typer.Option("--role", help="Kind of method; the track's first if not given.")] = "",
    plugin: PluginOption = None,
) -> None:
    """Write a small package: a method that works, its test, pyproject.toml, README and licence.

    Exit status: 0, or 2 if the name is taken, there is no template, or the folder is not empty: then nothing is
    written.
    """
    registry, _ = load(plugin_files=plugin)
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


@app.command()
def task(
    name: Annotated[str, typer.Argument(help="Name of the task, as my-task.")],
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="Where to write it; a new folder of that name if not given.")
    ] = None,
    track: Annotated[
        str, typer.Option("--track", help="Track that it belongs to; with images the first with a template.")
    ] = "",
    from_folder: Annotated[
        Path | None,
        typer.Option(
            "--from-folder", metavar="PATH", help="Your images: a folder with one for each class, or a Parquet file."
        ),
    ] = None,
    leave_out: Annotated[
        list[str] | None, typer.Option(metavar="CLASS", help="A class that counts among the others.")
    ] = None,
    other: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND=PATH", help="Images beside them, of a kind that the track names: a folder or file."),
    ] = None,
    image_column: Annotated[str, typer.Option(help="Of Parquet files: the bytes of images.")] = "image",
    label_column: Annotated[str, typer.Option(help="Of Parquet files: numbers or names of classes.")] = "label",
    plugin: PluginOption = None,
) -> None:
    """Write a small package: a task that works, its test, pyproject.toml, README and licence.

    With --from-folder it is on your images, all of which are looked at first. Exit status: 0, or 2 if the name is
    taken, an image is wrong, or the folder is not empty: then nothing is written.
    """
    registry, _ = load(plugin_files=plugin)
    from suite.errors import SuiteError
    from suite.scaffold import GivenImages, new_task

    images = None
    if from_folder is not None:
        images = GivenImages(from_folder, tuple(leave_out or ()), _others(other or ()), image_column, label_column)
        track = track or next((entry.name for entry in registry.tracks if entry.value.tasks.images), "")
    elif leave_out or other:
        raise SuiteError("the images are not named", place="--leave-out, --other", next="--from-folder PATH")
    if not track:
        raise SuiteError("the track is not named", place="--track", next="--track TRACK; suite tasks lists them")
    package = new_task(registry, name, track, folder, images)
    package.write()
    echo(f"{package.name} is in {package.folder}: {', '.join(package.files)}")
    file = shlex.quote(package.module)
    echo(
        f"next:\n"
        f"  cd {shlex.quote(str(package.folder))}\n"
        f"  pip install -e '.[test]' && pytest\n"
        f"  suite run --task {package.name} && suite board --task {package.name}\n"
        f"or without installing it: suite run --plugin {file} --task {package.name}"
    )


def _others(texts: Sequence[str]) -> dict[str, tuple[Path, ...]]:
    """Return the paths of each kind."""
    from suite.errors import SuiteError

    others: dict[str, tuple[Path, ...]] = {}
    for text in texts:
        kind, _, path = text.partition("=")
        if not kind or not path:
            raise SuiteError(f"{text!r} is not KIND=PATH", place="--other", next="--other KIND=PATH")
        others[kind] = (*others.get(kind, ()), Path(path))
    return others
