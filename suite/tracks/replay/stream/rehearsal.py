"""One pass of a method through a stream: learn, replay, keep, evaluate, audit."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch

from suite.contracts import TaskContext
from suite.tracks.replay.audit import check_budget, held_by
from suite.tracks.replay.buffer import Buffer
from suite.tracks.replay.contract import ReplayContext
from suite.tracks.replay.exemplars import Exemplars, joined
from suite.tracks.replay.roles import Roles, uniform_slots
from suite.tracks.replay.stream.classifier import Classifier
from suite.tracks.replay.stream.evaluation import Evaluation
from suite.tracks.replay.stream.first_task import learn_first
from suite.tracks.replay.stream.history import Recorder
from suite.tracks.replay.stream.metered import MeteredLearner
from suite.tracks.replay.stream.tasks import StreamTask, batches
from suite.tracks.replay.stream.training import Training


@dataclass
class Rehearsal:
    """Takes one method through the stream.

    Attributes:
        stream: the tasks in their order.
        training: of the learner.
        budget: bytes that the method may keep; ``capacity``: samples in the buffer.
        classes: that the network tells apart.
        evaluation: what is looked at, and when.
        held: for each task's end, the rows that the buffer held.
        metered: the learner as the method sees it, which counts passes.
    """

    stream: list[StreamTask]
    training: Training
    roles: Roles
    budget: int
    capacity: int
    classes: int
    evaluation: Evaluation
    context: TaskContext
    held: list[list[int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.buffer = Buffer(self.stream[0].samples, self.capacity, self.roles.columns)
        self._learner = Classifier(self.training, self.context.seed, self.context.resources.device)
        self.metered = MeteredLearner(self._learner)
        self._steps = self._seen = 0
        self._counts: list[int] = []  # slots of each task, one task after the other, where a selector fills them

    def run(self) -> None:
        """Go through the whole stream.

        Raises:
            OverBudget: the method keeps more than it may.
            ValueError: its answers are not what the contract says.
        """
        self.evaluation.begin(self._learner)
        for number, task in enumerate(self.stream):
            recorder = Recorder(task.samples.rows)
            if number == 0 and self._begins_without_replay:
                self._learn_first(task, recorder)
            else:
                self._learn(number, task, recorder)
            if self.roles.selector is not None:
                self._select(number, task.samples, recorder)
            self._audit()
            if self.roles.regime == "buffer alone":
                self._learn_from_buffer(number)
            self.evaluation.boundary(self._learner, number)

    @property
    def _begins_without_replay(self) -> bool:
        return self.roles.selector is not None or self.roles.regime == "no replay"

    def _learn_first(self, task: StreamTask, recorder: Recorder) -> None:
        """Learn the first task, or take over what another method's learning of it came to: it is the same."""

        def learn() -> None:
            self._learn(0, task, recorder)

        learn_first(learn, task.samples, self._learner, self.evaluation, recorder, self.context)
        self._steps, self._seen = self.evaluation.steps[0], len(task.samples)

    def _learn(self, number: int, task: StreamTask, recorder: Recorder) -> None:
        """Pass over a task's samples: learn from each batch, and let it into the buffer the first time it comes."""
        rng = self.context.rng(f"order of task {number}")
        for epoch in range(self.training.epochs):
            for batch in batches(task.samples, self.training.batch, rng):
                if self.roles.regime != "buffer alone":
                    logits = self._learner.step(self._with_replay(number, batch))
                    if self._begins_without_replay:
                        recorder.record(batch, logits[: len(batch)], epoch)
                    self.evaluation.point(self._learner, self._steps + 1, number)
                self._steps += 1
                if epoch == 0:
                    if self.roles.streams:
                        self.roles.update(batch, self.buffer, self._replay_context())
                    self._seen += len(batch)

    def _with_replay(self, number: int, batch: Exemplars) -> Exemplars:
        """Return what is learned from in a step: the batch first, then what is replayed."""
        if self.roles.regime == "no replay":
            return batch
        if self.roles.regime == "joint":
            return self._drawn_from_all(number, len(batch) + self.training.replay)
        replayed = self.roles.retrieve(batch, self.buffer, self.training.replay, self._replay_context())
        return batch if replayed is None else joined([batch, replayed])

    def _drawn_from_all(self, number: int, count: int) -> Exemplars:
        so_far = [task.samples for task in self.stream[: number + 1]]
        ends = np.cumsum([len(samples) for samples in so_far])
        rng = self.context.rng(f"joint at {self._steps}")
        drawn = uniform_slots(int(ends[-1]), count, rng).numpy()
        which = np.searchsorted(ends, drawn, side="right")
        starts = ends - [len(samples) for samples in so_far]
        return joined([so_far[k][torch.from_numpy(drawn[which == k] - starts[k])] for k in np.unique(which)])

    def _select(self, number: int, candidates: Exemplars, recorder: Recorder) -> None:
        """Give every task so far an equal share: earlier ones keep their best, the new one's are selected."""
        shares = [len(part) for part in np.array_split(np.arange(self.capacity), number + 1)]
        self.metered.recorded = recorder.history
        chosen = self.roles.select(candidates, shares[number], self._replay_context())
        self.metered.recorded = None
        starts = np.cumsum([0, *self._counts])
        best = [
            range(start, start + min(count, share))
            for start, count, share in zip(starts, self._counts, shares, strict=False)
        ]
        self._counts = [*map(len, best), len(chosen)]
        kept = torch.tensor([slot for slots in best for slot in slots], dtype=torch.int64)
        self.buffer.resize(self.capacity, kept)
        self.buffer.write(torch.arange(len(kept), len(kept) + len(chosen)), candidates[chosen])

    def _learn_from_buffer(self, number: int) -> None:
        """Train a fresh network on the buffer alone, for as many steps as the stream has had."""
        self._learner = Classifier(self.training, self.context.seed, self.context.resources.device)
        rng = self.context.rng(f"buffer alone after task {number}")
        size = self.training.batch + self.training.replay
        while self._learner.steps < self._steps:
            for batch in batches(self.buffer.samples(), size, rng)[: self._steps - self._learner.steps]:
                self._learner.step(batch)
        self.evaluation.point(self._learner, self._steps, number, forced=True)

    def _audit(self) -> None:
        method, buffer = self.roles.method, self.buffer
        check_budget(method.label, buffer.bytes, held_by(method, buffer), self.budget, self.classes)
        self.held.append(buffer.samples().rows.tolist())

    def _replay_context(self) -> ReplayContext:
        return ReplayContext(
            **vars(self.context.method),
            learner=self.metered,
            classes=self.classes,
            moment=self._steps,
            seen=self._seen,
        )
