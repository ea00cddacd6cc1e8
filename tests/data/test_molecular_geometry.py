"""Distances, alignment and dihedral angles: what may not change does not, and signs are IUPAC's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from suite.data.molecular_geometry import aligned, dihedral_angles, pair_distances

CLOUD = np.random.default_rng(0).normal(size=(5, 7, 3))


def moved(frames: np.ndarray) -> np.ndarray:
    """Each frame turned and shifted in a way of its own."""
    turns = Rotation.random(len(frames), random_state=1).as_matrix()
    return frames @ turns + np.random.default_rng(2).normal(size=(len(frames), 1, 3))


def test_distances_are_of_all_pairs_and_do_not_change_with_place_and_orientation() -> None:
    found = pair_distances(CLOUD)
    assert found.shape == (5, 21)
    assert found[3, 0] == pytest.approx(np.linalg.norm(CLOUD[3, 0] - CLOUD[3, 1]), rel=1e-6)
    assert found[3, -1] == pytest.approx(np.linalg.norm(CLOUD[3, 5] - CLOUD[3, 6]), rel=1e-6)
    np.testing.assert_allclose(pair_distances(moved(CLOUD)), found, rtol=1e-5)


def test_alignment_undoes_every_motion_and_is_the_best() -> None:
    once = aligned(CLOUD, CLOUD[0])
    np.testing.assert_allclose(aligned(moved(CLOUD), CLOUD[0]), once, atol=1e-5)
    np.testing.assert_allclose(once[0], (CLOUD[0] - CLOUD[0].mean(axis=0)).ravel(), atol=1e-6)
    target = CLOUD[0] - CLOUD[0].mean(axis=0)
    for frame, found in zip(CLOUD[1:], once[1:], strict=True):
        _, residual = Rotation.align_vectors(target, frame - frame.mean(axis=0))
        assert np.linalg.norm(found.reshape(-1, 3) - target) == pytest.approx(residual, rel=1e-5)


def test_a_mirror_image_is_not_mirrored_back() -> None:
    mirrored = CLOUD * [1, 1, -1]
    assert np.abs(aligned(mirrored[:1], CLOUD[0]) - aligned(CLOUD[:1], CLOUD[0])).max() > 0.1


def test_another_reference_is_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \(6, 3\), the frames \(7, 3\)"):
        aligned(CLOUD, CLOUD[0, :6])


@pytest.mark.parametrize("angle", [-3.0, -1.2, 0.0, 0.4, 2.5])
def test_dihedral_angles_are_positive_clockwise_along_the_bond(angle: float) -> None:
    # Looking along +z, from b to c, clockwise is from x towards y.
    points = np.array([[1, 0, -1], [0, 0, 0], [0, 0, 1], [np.cos(angle), np.sin(angle), 2]], dtype=float)
    assert dihedral_angles(points, [(0, 1, 2, 3), (3, 2, 1, 0)]) == pytest.approx([angle, angle], abs=1e-6)
    assert dihedral_angles(points * [1, 1, -1], [(0, 1, 2, 3)]) == pytest.approx([-angle], abs=1e-6)
