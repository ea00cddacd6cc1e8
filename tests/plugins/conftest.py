"""Which inherited checks take long for all built-in methods together, and so belong to the slow stage."""

from __future__ import annotations

import pytest

LONG = (
    "test_unusual_images_are_calibrated_on_or_refused",
    "test_weights_of_half_precision_are_quantized",
    "test_it_trains_as_long_as_it_says",
    "test_unusual_trajectories_are_answered_or_refused",
)


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark them."""
    for item in items:
        if item.name.startswith(LONG):
            item.add_marker(pytest.mark.slow)
