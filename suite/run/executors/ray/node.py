"""What runs on a node, in a process of Ray's: one job, by the process executor, whose documents are sent back."""

from __future__ import annotations

import errno
import os
import platform
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from suite.contracts import Job, JobExit, Loaded
from suite.contracts.executor import Reason
from suite.discovery import file_module
from suite.extras import required_library
from suite.files import write_atomic
from suite.hashing import bytes_digest, digest
from suite.run.executors.process import ProcessExecutor
from suite.run.executors.ray.code import code
from suite.run.executors.ray.places import sees, settings_here
from suite.run.provenance import machine
from suite.settings import Settings

if TYPE_CHECKING:
    from suite.contracts import Split

FOLDER = f"suite-ray-{platform.node()}-"
"""How the names of a node's folders begin; the process that owns one follows."""
STAY_SECONDS = 300.0
"""For which a process stays that has nothing to do: the next one would import everything anew."""


@dataclass(frozen=True)
class Question:
    """What a node is asked: plain data. ``names`` is what lies in the folders of data and weights."""

    settings: Settings
    mark: Path
    names: dict[str, list[str]]
    code: dict[str, str]


@dataclass(frozen=True)
class Answer:
    """What a node says of itself: its code, what it lacks, the GiB of its GPUs, whether it sees the runner's cache."""

    host: str
    code: dict[str, str]
    lacks: list[str]
    gpus: list[float]
    shares: bool


@dataclass(frozen=True)
class Parcel:
    """A job as it travels.

    Attributes:
        plugins: the files of each plugin file, by their path below its folder; its own comes first.
        artifacts: of the runner's cache by name, with what Ray gives the bytes for; where a node does not see it.
    """

    job: Job
    question: Question
    libraries: tuple[str, ...]
    plugins: dict[Path, dict[str, bytes]] = field(default_factory=dict)
    artifacts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Delivery:
    """How a job ended, with the documents of its folder, and where."""

    reason: Reason
    detail: str
    wall_seconds: float
    peak_memory_bytes: int
    documents: dict[str, bytes]
    made_on: dict[str, Any]
    host: str
    node: str


def answer(question: Question) -> Answer:
    """Say what this node runs."""
    _, lacks = settings_here(question.settings, question.mark, question.names)
    return Answer(platform.node(), code(question.settings), lacks, _gpu_memory(), sees(question.mark))


def work(parcel: Parcel) -> Delivery:
    """Do a job in a folder of its own, and return its documents; whatever interrupts it, no process is left."""
    _sweep()
    with _staying():
        return _work(parcel)


def _work(parcel: Parcel) -> Delivery:
    folder, documents = Path(tempfile.mkdtemp(prefix=f"{FOLDER}{os.getpid()}-")), dict[str, bytes]()
    try:
        job = unpack(parcel, folder)
        executor = ProcessExecutor(job.settings, 1, lambda line: None)
        executor.libraries = parcel.libraries
        (ended,) = executor.execute(iter([job]))
        documents = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        ended = JobExit(parcel.job, "no-space", str(error))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Delivery(
        ended.reason,
        ended.detail,
        ended.wall_seconds,
        ended.peak_memory_bytes,
        documents,
        {"machine": machine(), "python": platform.python_version(), "system": platform.platform()},
        platform.node(),
        required_library("ray").get_runtime_context().get_node_id(),
    )


def unpack(parcel: Parcel, folder: Path) -> Job:
    """Return the job with the folders and plugin files of this node."""
    job, settings = parcel.job, _settings(parcel.question)
    files = {plugin: _written(texts) for plugin, texts in parcel.plugins.items()}
    for name, reference in parcel.artifacts.items():
        place = settings.cache_folder / name
        if not place.exists():
            write_atomic(place, partial(_write, required_library("ray").get(reference)))
    plugins = tuple(files.get(path.resolve(), path) for path in settings.plugins)
    return replace(
        job,
        folder=folder,
        settings=settings.model_copy(update={"plugins": plugins, "device": job.settings.device}),
        split=job.split and _split(job.split, files, settings),
        loads=job.loads and _moved(job.loads, files),
    )


def _write(content: bytes, path: Path) -> None:
    path.write_bytes(content)


def _moved(loaded: Loaded, files: dict[Path, Path]) -> Loaded:
    return replace(loaded, files=tuple(files.get(path.resolve(), path) for path in loaded.files))


def _split(split: Split, files: dict[Path, Path], settings: Settings) -> Split:
    from suite.run.split.confinement.reach import secret_places

    border = split.border
    for before, after in files.items():
        border = border.replace(file_module(before), file_module(after))
    return replace(
        split,
        border=border,
        judge=_moved(split.judge, files),
        host=_moved(split.host, files),
        readable=tuple(files.get(path.resolve(), path) for path in split.readable),
        hidden=tuple(dict.fromkeys((*secret_places(settings), *split.hidden))),
    )


_settings_by_mark: dict[Path, Settings] = {}
_plugins: dict[str, Path] = {}
"""Plugin files that this process has written, by the digest of all that belongs to them."""


def _settings(question: Question) -> Settings:
    if question.mark not in _settings_by_mark:
        _settings_by_mark[question.mark], _ = settings_here(question.settings, question.mark, question.names)
    return _settings_by_mark[question.mark]


def _written(texts: dict[str, bytes]) -> Path:
    """Write the files of a plugin file, once; return where it is itself."""
    key = digest({name: bytes_digest(text) for name, text in texts.items()} | {"": next(iter(texts))})
    if key not in _plugins:
        folder = Path(tempfile.mkdtemp(prefix=f"{FOLDER}{os.getpid()}-")).resolve()
        for name, text in texts.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(text)
        _plugins[key] = folder / next(iter(texts))
    return _plugins[key]


_owned: list[Any] = []
_ends: list[threading.Timer] = []


@contextmanager
def _staying() -> Iterator[None]:
    """Have Ray keep this process, and so its fork server, for the runner's next cells.

    Ray keeps as many processes as a node has cores, and ends others, as those of other runners are, that have been idle
    for a second; but none that owns an object. With its runner it ends all the same.
    """
    while _ends:
        _ends.pop().cancel()
    if not _owned:
        _owned.append(required_library("ray").put(b""))
    try:
        yield
    finally:
        end = threading.Timer(STAY_SECONDS, _owned.clear)
        end.daemon = True
        end.start()
        _ends.append(end)


@cache
def _sweep() -> None:
    """Delete what killed processes left on this node, once a process."""
    import psutil

    for left in Path(tempfile.gettempdir()).glob(f"{FOLDER}*"):
        owner = left.name.removeprefix(FOLDER).partition("-")[0]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            shutil.rmtree(left, ignore_errors=True)  # somebody else's stays: it cannot be deleted


def _gpu_memory() -> list[float]:
    """Return the GiB of each GPU; nothing where there is none that NVIDIA's tool tells of."""
    command = ["nvidia-smi", "--query-gpu=memory.total", "--format=csv,noheader,nounits"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    return [float(line) / 1024 for line in told.split("\n") if line.strip()]
