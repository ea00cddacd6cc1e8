"""``suite new``."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from suite.cli.output import PluginOption, echo, load

app = typer.Typer(help="Start your own method or task from a template that works.", no_args_is_help=True)


@app.command()
def method(
    name: Annotated[str, typer.Argument(help="Name of the method, for example my-method.")],
    track: Annotated[str, typer.Option("--track", help="Track of the method. `suite tasks` lists the tracks.")],
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="Folder to write. Default: a new folder with that name.")
    ] = None,
    role: Annotated[str, typer.Option("--role", help="Kind of method. Default: the track's first kind.")] = "",
    plugin: PluginOption = None,
) -> None:
    """Write a small package: a method that works, its test, pyproject.toml, README and licence.

    Exit status: 0 or 2. With 2 nothing is written: the name is taken, the folder is not empty, or there is no template.
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
    name: Annotated[str, typer.Argument(help="Name of the task, for example my-task.")],
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="Folder to write. Default: a new folder with that name.")
    ] = None,
    track: Annotated[
        str,
        typer.Option("--track", help="Track of the task. Default with images: the first track that has a template."),
    ] = "",
    from_folder: Annotated[
        Path | None,
        typer.Option(
            "--from-folder",
            metavar="PATH",
            help="Your images: a folder with a folder for each class, or a Parquet file.",
        ),
    ] = None,
    leave_out: Annotated[
        list[str] | None, typer.Option(metavar="CLASS", help="Leave this class out. It counts as one of the others.")
    ] = None,
    other: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND=PATH", help="More images of another kind, in a folder or file. The track names the kinds."
        ),
    ] = None,
    image_column: Annotated[str, typer.Option(help="Column of a Parquet file with the bytes of the images.")] = "image",
    label_column: Annotated[
        str, typer.Option(help="Column of a Parquet file with the class: a number or a name.")
    ] = "label",
    plugin: PluginOption = None,
) -> None:
    """Write a small package: a task that works, its test, pyproject.toml, README and licence.

    With --from-folder the task uses your images. Each image is checked first. Exit status: 0 or 2. With 2 nothing is
    written: the name is taken, the folder is not empty, or an image is wrong.
    """
    registry, _ = load(plugin_files=plugin)
    from suite.errors import SuiteError
    from suite.scaffold import GivenImages, new_task

    images = None
    if from_folder is not None:
        images = GivenImages(from_folder, tuple(leave_out or ()), _others(other or ()), image_column, label_column)
        track = track or next((entry.name for entry in registry.tracks if entry.value.tasks.images), "")
    elif leave_out or other:
        raise SuiteError("no images are given", place="--leave-out, --other", next="give them: --from-folder PATH")
    if not track:
        raise SuiteError("no track is given", place="--track", next="give one: --track TRACK. List them: suite tasks")
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
