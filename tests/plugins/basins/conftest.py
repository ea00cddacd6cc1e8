"""Problems to partition: small ones of the basins track, simulated once for all tests."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from suite.contracts import Resources
from suite.testing.basins import Case, problem_case


@pytest.fixture
def case(resources: Resources) -> Callable[..., Case]:
    """Make a case: ``case("signflip")``, ``case("linear", 1000)``, ``case(system="prinz", counted=True)``."""
    return partial(problem_case, resources)
