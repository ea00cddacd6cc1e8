"""What the learner answers about every test image at the end of a stream, from which its calibration follows."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from suite.contracts import Value
from suite.measures.probabilities import BRIER, CALIBRATION, LOG, answered, calibration, finite, metrics_of

if TYPE_CHECKING:
    import pyarrow as pa
    from torch import Tensor

Numbers = NDArray[np.float32]
PREFIX = "answer_"
OF_PROBABILITIES = metrics_of("Of the answers at the end of the stream; on `all` over all test images together.")


@dataclass(frozen=True)
class Answers:
    """Answers about N test images, all tasks one after the other.

    They are computed in float64, and stored as float32: a test may have 10,000 images.

    Attributes:
        correct: whether the largest logit is the label's [N].
        confidence: the largest probability [N].
        log_score, brier_score: of the probabilities [N].
    """

    correct: NDArray[np.bool_]
    confidence: Numbers
    log_score: Numbers
    brier_score: Numbers

    @classmethod
    def of(cls, logits: Tensor, labels: Tensor) -> Self:
        """Return the answers of logits [N, C] to images with labels [N]."""
        columns = answered(logits.double().numpy(), labels.numpy())
        return cls(
            correct=(logits.argmax(dim=1) == labels).numpy(),
            **{name: column.astype(np.float32) for name, column in columns.items()},
        )

    def value(self, metric: str, part: slice = slice(None)) -> Value | None:
        """Return a metric of the probabilities of part of the images.

        None for other metrics, for a mean of what is not finite, and for a calibration error of too few images.
        """
        if metric == CALIBRATION:
            return calibration([(self.confidence[part].astype(np.float64), self.correct[part])])
        if metric not in (LOG, BRIER):
            return None
        scores = finite((self.log_score if metric == LOG else self.brier_score)[part].astype(np.float64))
        return None if scores is None else Value(float(scores.mean()), len(scores))

    def below(self, table: pa.Table) -> pa.Table:
        """Return a table with the answers as further rows, in columns of their own."""
        import pyarrow as pa

        own = pa.table({f"{PREFIX}{field.name}": getattr(self, field.name) for field in fields(self)})
        return pa.concat_tables([table, own], promote_options="default").replace_schema_metadata(table.schema.metadata)

    @classmethod
    def apart(cls, table: pa.Table) -> tuple[pa.Table, Self | None]:
        """Return the table without the answers, and these; None where an earlier version of the suite stored none."""
        names = [f"{PREFIX}{field.name}" for field in fields(cls)]
        if names[0] not in table.column_names:
            return table, None
        own = table[names[0]].is_valid()
        columns = table.select(names).filter(own)
        return table.drop_columns(names).filter(table[names[0]].is_null()), cls(
            *(columns[name].to_numpy() for name in names)
        )
