"""Facts of a trained network's landscape, the same for every track."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from suite.errors import SuiteError
from suite.landscape.curvature import Hessian
from suite.landscape.features import effective_rank, neural_collapse
from suite.landscape.line import angle, barrier
from suite.landscape.subject import Subject, Trained, flat

if TYPE_CHECKING:
    from torch import Tensor

    from suite.contracts import Resources, Task

SAMPLES = 500
PROBES = 50


def facts(subject: Subject, against: Subject | None = None, *, probes: int = PROBES) -> dict[str, float]:
    """Return what the landscape around a network looks like, by name.

    Losses are in the unit of the subject's loss (nats of a cross-entropy), angles in radians. ``trace`` and ``top
    eigenvalue`` are of the Hessian of the mean loss by all parameters, with the statistics of batch normalisation that
    the network has; along lines, they are made anew at every point. Features are centred before their rank is taken.

    Args:
        subject: the network.
        against: another one of the same architecture, to which the line leads; it is measured on the first one's data.
        probes: random vectors that the trace is estimated with.

    Raises:
        ValueError: the two networks have different numbers of weights.
    """
    weights, hessian = subject.weights, Hessian(subject.losses(), subject.weights)
    trace = hessian.trace(probes)
    found = {
        "samples": float(len(subject.data[0])),
        "weights": float(len(weights)),
        "loss": float(subject.mean_loss(weights)),
        "trace": trace.value,
        "standard error of the trace": trace.error,
        "top eigenvalue": hessian.top(tolerance=1e-3),
    }
    if subject.initial is not None:
        start = flat(subject.initial)
        distance = (weights - start).norm()
        found |= {
            "distance from initialisation": float(distance),
            "relative distance from initialisation": float(distance / start.norm()),
        } | _line(subject, "initialisation", start)
    if against is not None:
        if len(against.weights) != len(weights):
            raise ValueError(f"no line joins networks of {len(weights)} and {len(against.weights)} weights")
        found |= _line(subject, "the other seed", against.weights)
    if subject.features is not None and subject.labels is not None and subject.head is not None:
        head = subject.head
        centred = subject.features - subject.features.mean(dim=0)
        collapse = neural_collapse(subject.features, subject.labels, head.weight.detach(), head.bias)
        found["effective rank of the features"] = effective_rank(centred)
        found |= {f"collapse: {name}": value for name, value in dataclasses.asdict(collapse).items()}
    return found


def facts_of(
    task: Task,
    seed: int,
    resources: Resources,
    *,
    against: int | None = None,
    samples: int = SAMPLES,
    probes: int = PROBES,
) -> dict[str, dict[str, float]]:
    """Return the facts of every reference model of a task under a seed, by the model's name.

    Args:
        task: any task that requires a `Trained` model.
        seed: of the networks.
        resources: where data and weights are; networks are trained if need be.
        against: the seed to whose networks lines lead.
        samples: how many of the training data to look at, at most.
        probes: see `facts`.

    Raises:
        SuiteError: the task has no network that says what it was trained on, or both seeds have the same one.
    """
    others = {} if against is None else _trained(task, against)
    found = {}
    for name, model in _trained(task, seed).items():
        other = others.get(name)
        if other is not None and other.fingerprint(resources) == model.fingerprint(resources):
            raise SuiteError(
                f"the seeds {seed} and {against} of {task.id} use the same model {name}. No line joins it to itself",
                place=f"--against {against}",
                next=f"suite tasks landscape {task.id}",
            )
        resources.log(f"landscape of {name}, seed {seed}")
        end = None if other is None else other.subject(resources, samples)
        found[name] = facts(model.subject(resources, samples), end, probes=probes)
    return found


def _trained(task: Task, seed: int) -> dict[str, Trained]:
    models: dict[str, Trained] = {model.name: model for model in task.requires(seed) if isinstance(model, Trained)}
    if not models:
        raise SuiteError(
            f"{task.id} has no reference model with known training data",
            place=task.id,
            next="choose another task: suite tasks",
        )
    return models


def _line(subject: Subject, to: str, end: Tensor) -> dict[str, float]:
    weights = subject.weights
    return {
        f"angle to {to}": float(angle(weights, end)),
        f"barrier to {to}": float(barrier(subject.mean_loss, weights, end)),
    }
