"""The worker: does one job in a process of its own and leaves the documents in the job's folder."""

from __future__ import annotations

import errno
import resource
import socket
import sys
import time
import traceback
from collections.abc import Callable
from multiprocessing import parent_process
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from suite.cache import Cache
from suite.contracts import Inconsistent, Job, Method, Resources, Task, TaskContext
from suite.errors import Damaged, SuiteError, is_out_of_memory
from suite.files import write_atomic
from suite.registry import Registry, load_registry
from suite.run.artifacts import note_artifacts
from suite.run.evaluation import InvalidOutcome, evaluate, prepare, seed_everything
from suite.run.identity import known_ingredients
from suite.run.networks import stand_in
from suite.run.partners import partner_objects
from suite.run.result import LOG_FILE, SAMPLES_FILE, Result
from suite.run.split.arrays import Garbled
from suite.run.split.channel import Closed
from suite.run.split.judge import Host
from suite.run.threads import limit_threads
from suite.settings import Settings
from suite.source import check_source, task_source

if TYPE_CHECKING:
    import pyarrow as pa

ROOM_BYTES = 2**20
"""What is tried to be written, to tell a full disk of the suite from a full folder of the method's own."""
Parts = tuple[type[Method], dict[str, Method], dict[str, Any] | None]
"""A method's class, its partners by role, and how the two are kept from here: None if they are not."""


def work(job: Job, end: socket.socket | None = None) -> None:
    """Do a job and write its `Result`; whatever the plugin raises becomes a result too.

    Args:
        job: what to do.
        end: of the channel to the host of its method, if it is split.

    Raises:
        Closed: the host ended before the cell did.
    """
    started, cpu = time.perf_counter(), time.process_time()
    try:
        result = _do(job, end)
    except (Closed, Damaged):
        raise  # a damaged file is the machine's failure, not the method's
    except OSError as error:
        if error.errno == errno.ENOSPC and not _has_room(job):
            raise  # the machine's failure, not the method's
        result = _failure("failed", error)
    except (InvalidOutcome, Inconsistent) as error:
        result = Result(state="invalid", error=str(error)[:2000])
    except Garbled as error:
        result = Result(state="invalid", error=f"the method's process sent {error}"[:2000])
    except ValidationError as error:
        # A score that is NaN, a cost that is no number; other models are the plugin's own business.
        result = _failure("invalid" if error.title in ("Score", "Result") else "failed", error)
    except (Exception, SystemExit, GeneratorExit) as error:
        result = _failure("out-of-memory" if is_out_of_memory(error) else "failed", error)
    except KeyboardInterrupt as error:
        if parent_process() is None:
            raise  # the user's, at a worker that is the runner; a worker's own process hears no terminal
        result = _failure("out-of-memory" if is_out_of_memory(error) else "failed", error)
    result.model_copy(
        update={
            "threads": job.threads,
            "wall_seconds": time.perf_counter() - started,
            "cpu_seconds": time.process_time() - cpu,
            "peak_memory_bytes": _peak_memory(),
        }
    ).write(job.folder)


def _do(job: Job, end: socket.socket | None) -> Result:
    device = _start(job)
    settings = job.settings
    warm = sys.modules.get("suite.run.executors.warm")  # in a child of the fork server
    load = warm.registry if warm else load_registry
    split = job.split
    loads = split.judge if split else job.loads
    if loads is None:
        registry: Registry = load(settings.plugins, settings.disabled_plugins)
    else:
        registry = load(loads.files, settings.disabled_plugins, loads.installed)
    task = registry.tasks[job.task]()
    resources = Resources(settings, Cache(settings.cache_folder), device, _logger(job.folder))
    context = TaskContext(job.seed, resources, task.setting(job.setting), split.order if split else "")
    stand_in(task, context.setting, resources.cache)
    if job.kind == "prepare":
        prepare(task, context)
        result = _done(task, job, resources)
        note_artifacts(resources.cache, job)
        return result
    _check_task(registry, job)
    method, beside, isolation = _local(registry, job) if end is None else _hosted(job, end)
    tuning, cost = None, {}
    parameters = {name: value for name, value in job.parameters.items() if name not in job.grid}
    if job.grid:
        started = time.perf_counter()
        tuning = task.tune(method, {**parameters, **beside}, job.grid, context)
        parameters |= tuning.chosen
        cost = {"tune_seconds": time.perf_counter() - started}
    evaluated = evaluate(task, method(**parameters, **beside), context)
    outcome = evaluated.outcome
    _write_samples(job, evaluated.table)
    return _done(
        task,
        job,
        resources,
        scores=evaluated.scores,
        cost={**cost, **outcome.cost},
        missing=outcome.missing,
        facts=outcome.facts,
        tuning=tuning,
        isolation=isolation,
    )


def _check_task(registry: Registry, job: Job) -> None:
    """Raise `SuiteError` if the task is not the code that the cell was planned with."""
    if job.task_source is not None and task_source(registry.tasks[job.task]()) != job.task_source:
        raise SuiteError(
            f"the source of {job.task} was edited after the run was planned",
            place=registry.tasks.entry(job.task).plugin.origin,
            next="suite run",
        )


def _local(registry: Registry, job: Job) -> Parts:
    """Return the method's class and its partners, of this process."""
    assert job.method is not None
    planned = {job.method: job.source, **{each["method"]: each["source"] for each in job.partners.values()}}
    for name, source in planned.items():
        check_source(registry.methods.entry(name), source)
    return registry.methods[job.method], partner_objects(registry, job.partners), None


def _hosted(job: Job, end: socket.socket) -> Parts:
    """Return what stands here for the method's class and its partners, and what only their judge can tell of both.

    Raises:
        InvalidOutcome: the method declares other access there than when it was planned.
    """
    assert job.split is not None
    host = Host(end, job)
    if host.method.needs != job.split.needs:
        raise InvalidOutcome(
            f"the method needs {sorted(host.method.needs)}. It was planned with {sorted(job.split.needs)}"
        )
    return host.method, host.partners(job), {"confined": host.confined, "order": job.split.order}


def _start(job: Job) -> str:
    """Seed every global generator, set the threads, and return the device."""
    limit_threads(job.threads)
    seed_everything(job.seed)
    if job.split is not None and job.split.container is not None:
        return "cpu"  # no accelerator is handed into a container
    return device_of(job.settings)


def device_of(settings: Settings) -> str:
    """Return the device that the settings mean.

    Raises:
        SuiteError: it is a CUDA device, and torch finds none.
    """
    import torch

    if settings.device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if settings.device.startswith("cuda") and not torch.cuda.is_available():
        raise SuiteError(
            "torch finds no CUDA device", place=f"SUITE_DEVICE={settings.device}", next="unset SUITE_DEVICE"
        )
    return settings.device


def _write_samples(job: Job, table: pa.Table) -> None:
    import pyarrow.parquet

    write_atomic(job.folder / SAMPLES_FILE, lambda path: pyarrow.parquet.write_table(table, path, compression="zstd"))


def _done(task: Task, job: Job, resources: Resources, **outcome: Any) -> Result:
    ingredients = known_ingredients(task, job.seed, resources)
    return Result(
        state="done",
        **outcome,
        ingredients=ingredients.fingerprints if ingredients else {},
        device=resources.device,
        hardware=_hardware(resources.device),
    )


def _has_room(job: Job) -> bool:
    """Tell whether what the suite itself writes finds room: then it is a folder of the method's own that is full."""
    try:
        for folder in (job.folder, job.settings.cache_folder):
            folder.mkdir(parents=True, exist_ok=True)
            write_atomic(folder / ".room", lambda path: path.write_bytes(bytes(ROOM_BYTES)))
            (folder / ".room").unlink()
    except OSError:
        return False
    return True


def _hardware(device: str) -> dict[str, str]:
    import torch

    if not device.startswith("cuda"):
        return {}
    return {"gpu": torch.cuda.get_device_name(device), "cuda": str(torch.version.cuda)}


def _peak_memory() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _failure(state: str, error: BaseException) -> Result:
    text = str(error) if isinstance(error, SuiteError) else f"{type(error).__name__}: {_words(error)}"
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        text = f"{error.title}.{'.'.join(map(str, first['loc']))} = {first['input']!r}: {first['msg']}"
    return Result.model_validate(
        {
            "state": state,
            "error": text[:2000],
            "traceback": "".join(traceback.format_exception(error))[-100_000:],
        }
    )


def _words(error: BaseException) -> str:
    try:
        said = str(error) + "".join(f" ({note})" for note in getattr(error, "__notes__", ()))
    except Exception:
        return "an exception whose text cannot be made"
    if said or error.__traceback__ is None:
        return said
    last = traceback.extract_tb(error.__traceback__)[-1]  # a bare assert in a library says nothing itself
    return f"no reason given, raised by line {last.lineno} of {Path(last.filename).name}: {last.line}"


def _logger(folder: Path) -> Callable[[str], None]:
    def log(message: str) -> None:
        with (folder / LOG_FILE).open("a", encoding="utf-8") as file:
            file.write(message + "\n")

    return log
