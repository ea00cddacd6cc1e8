"""The digits hold the contract of the track: on a quarter of the budget."""

from __future__ import annotations

import pytest

from suite.benchmarks.learning_rate.digits_si import DigitsSITask
from suite.testing import TrainingTaskContract


class FewUpdates(DigitsSITask):
    updates = 150


@pytest.mark.slow
class TestDigits(TrainingTaskContract):
    task = FewUpdates
