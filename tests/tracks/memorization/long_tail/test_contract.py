"""The task with a long tail holds what every mitigation task holds; with fewer samples."""

from __future__ import annotations

import pytest

from suite.benchmarks.memorization.long_tail import LongTailTask
from suite.testing import MitigationTaskContract


class FewTask(LongTailTask):
    """Fewer noises."""

    noises = 2
    rare_noises = 10
    frequent_noises = 3


@pytest.mark.slow
class TestLongTail(MitigationTaskContract):
    task = FewTask
