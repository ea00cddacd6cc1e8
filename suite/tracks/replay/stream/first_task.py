"""The first task, learned once for all methods that replay nothing before it ends: selectors, and `no replay`.

What the network, its generator, the learning curve and the record of training have become by then is an artifact, named
by the hash of all that it follows from: the network as it was, the samples and their order, how it learns and what it
is evaluated on, and the code, library, processor and threads, on which last bits depend.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from suite.contracts import TaskContext
from suite.data import augmentation, transform
from suite.hashing import file_digest
from suite.tracks.replay.exemplars import Exemplars
from suite.tracks.replay.stream.classifier import Classifier
from suite.tracks.replay.stream.evaluation import Evaluation
from suite.tracks.replay.stream.history import Recorder

NETWORK = "network "


def learn_first(
    learn: Callable[[], None],
    samples: Exemplars,
    learner: Classifier,
    evaluation: Evaluation,
    recorder: Recorder,
    context: TaskContext,
) -> None:
    """Bring learner, evaluation and recorder to where ``learn()`` brings them, which learns the first task.

    The first method that comes learns it; others wait, and read what became of it.
    """

    def make() -> dict[str, Tensor]:
        learn()
        network = {f"{NETWORK}{name}": tensor for name, tensor in learner.network.state_dict().items()}
        generators = {"generator": learner.generator.get_state(), "global generator": torch.get_rng_state()}
        return {**network, **generators, **evaluation.first_task(), **recorder.state()}

    identity = _identity(samples, learner, evaluation, context)
    state = context.resources.cache.tensors("first-tasks", identity, make)
    weights = {name.removeprefix(NETWORK): state[name] for name in state if name.startswith(NETWORK)}
    learner.network.load_state_dict(weights)
    learner.generator.set_state(state["generator"])
    learner.steps = evaluation.steps[0]
    torch.set_rng_state(state["global generator"])
    evaluation.go_on_after(state)
    recorder.go_on_after(state)


def _identity(samples: Exemplars, learner: Classifier, evaluation: Evaluation, context: TaskContext) -> dict[str, Any]:
    device = torch.device(context.resources.device)
    cuda = torch.cuda.get_device_name(device) if device.type == "cuda" else ""
    return {
        "seed": context.seed,
        "training": repr(learner.training),
        "samples": _digest((samples.inputs, samples.labels, samples.rows)),
        "network": _digest(learner.network.state_dict().values()),
        "generators": _digest((learner.generator.get_state(), torch.get_rng_state())),
        "evaluation": [repr(evaluation.schedule), evaluation.steps[0], _digest(evaluation.of_first_task())],
        "code": _code(learner.network),
        "machine": [torch.__version__, torch.backends.cpu.get_cpu_capability(), torch.get_num_threads(), cuda],
    }


def _code(network: torch.nn.Module) -> list[str]:
    """Return the hashes of the files that learn, and of those that define the network; torch has a version."""
    modules = {type(module).__module__ for module in network.modules()} | {augmentation.__name__, transform.__name__}
    files = {sys.modules[name].__file__ for name in modules if name.partition(".")[0] != "torch"}
    own = Path(__file__).parent.glob("*.py")
    return sorted(file_digest(path) for path in {*own, *(Path(file) for file in files if file)})


def _digest(tensors: Iterable[Tensor]) -> str:
    found = sha256()
    for tensor in tensors:
        found.update(f"{tensor.dtype}{list(tensor.shape)}".encode())
        found.update(tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().data)
    return found.hexdigest()
