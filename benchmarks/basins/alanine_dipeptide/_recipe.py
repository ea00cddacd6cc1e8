"""How the trajectories of alanine dipeptide are made, from a seed alone; about a minute on one core.

1. Explore: 1,000 K for 1 ns, a state every ps.
2. Quench each to its minimum, and let it relax for 2 ps at the temperature of the task.
3. Take representatives from the basins in turn, so that each has its share, in random order.
4. From each, trajectories with fresh velocities.
5. Count how often the trajectories of all go from one region of the Ramachandran plane to another; that Markov model
   says where each representative's trajectories are to be found after burn-in, hence the risk of each pair.

Temperature and horizon, 200 K and 12 ps, follow from measured time scales: at 200 K the slowest relaxation within a
basin takes 3.4 ps (beta, between C5 and PII; 0.2 to 0.4 ps in the others), and the mean time until escape is more than
300 ps, but for PII L's 38 ps. At 300 K they are 1.7 ps and 10 to 190 ps, without a gap to put a horizon in; at 150 K
both are longer, and so is the simulation. At 200 K implicit water is a model system and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from suite.data.molecular_geometry import dihedral_angles

from ._dynamics import Dynamics, heavy
from ._regions import BASINS, expected_shares, markov_model, observed_shares, region
from ._structure import OMEGAS, PHI, PSI, conformation

Arrays = dict[str, NDArray[np.generic]]

TEMPERATURE = 200.0  # K
INTERVAL = 0.5  # ps between frames
HOT = 1000.0  # K
EXPLORED = 1000  # states
RELAXATION = 2.0  # ps
VERSION = 1
"""Raised when the same seed gives other numbers."""


def make(
    seed: int,
    *,
    representatives: int,
    trajectories: int,
    frames: int,
    burn_in: int,
    explored: int = EXPLORED,
    interval: float = INTERVAL,
) -> Arrays:
    """Return the arrays of a seed.

    * ``positions`` [K, 22, 3] float64, nm: all atoms of the representatives;
    * ``starts`` [K, 2] float32: their phi and psi, radians;
    * ``coordinates`` [K, M, L, 10, 3] float32, nm: the heavy atoms in each frame;
    * ``dihedrals`` [K, M, L, 2] float32: phi and psi in each frame;
    * ``shares`` [K, 5]: how often each region is visited after burn-in; ``expected`` [K, 5]: by the Markov model;
    * ``risk`` [K, K]: balanced Bayes risk of each pair by the Markov model;
    * ``labels`` [K]: connected components of risk > 1/4;
    * ``ambiguous``: share of pairs with a total variation between 0.25 and 0.75.

    Raises:
        SuiteError: OpenMM is not installed.
        ValueError: the exploration found fewer than two basins.
    """
    from suite.tracks.basins.dynamics.oracle import truth_of

    positions = _representatives(seed, representatives, explored)
    starts = _dihedrals(positions)
    states = simulate(positions, seed, range(representatives), 0, trajectories, frames, interval)
    angles = _dihedrals(states)
    visits = region(angles)
    first = np.broadcast_to(region(starts)[:, None, None], (*visits.shape[:2], 1))
    model = markov_model(np.concatenate([first, visits], axis=2).reshape(-1, frames + 1))
    expected = expected_shares(model, region(starts), frames, burn_in)
    # The total variation of the regions' shares is a lower bound on that of the whole state's laws, close to it once
    # they have relaxed within each region.
    truth = truth_of(expected)
    return {
        "positions": positions,
        "starts": starts,
        "coordinates": heavy(states),
        "dihedrals": angles,
        "shares": observed_shares(visits[:, :, burn_in:]),
        "expected": expected,
        "risk": np.clip(truth.risk, 0, 0.5),  # rounding may leave -1e-17
        "labels": truth.labels,
        "ambiguous": np.asarray(truth.ambiguous),
    }


def simulate(
    positions: NDArray[np.float64],
    seed: int,
    representatives: Sequence[int],
    first: int,
    count: int,
    frames: int,
    interval: float = INTERVAL,
) -> NDArray[np.float64]:
    """Return trajectories ``first`` to ``first + count - 1`` of R representatives [R, count, L, 22, 3].

    ``positions`` [K, 22, 3] are those of all. A trajectory of the same seed, representative and number is always the
    same.
    """
    dynamics = Dynamics(TEMPERATURE)
    states = np.empty((len(representatives), count, frames, *positions.shape[1:]))
    for row, representative in enumerate(representatives):
        for number in range(count):
            dynamics.start(positions[representative], seed, "trajectory", int(representative), first + number)
            states[row, number] = dynamics.run(frames, interval)
    return states


def _representatives(seed: int, count: int, explored: int) -> NDArray[np.float64]:
    hot, cold = Dynamics(HOT), Dynamics(TEMPERATURE)
    hot.start(hot.minimise(conformation(-75, 150)), seed, "exploration")
    relaxed = []
    for number, state in enumerate(hot.run(explored, 1.0)):
        cold.start(cold.minimise(state), seed, "relaxation", number)
        relaxed.append(cold.run(1, RELAXATION)[0])
    candidates = np.stack(relaxed)
    # Heat may turn a peptide bond; cis is another molecule as far as anything here can tell.
    candidates = candidates[(np.abs(dihedral_angles(candidates, OMEGAS)) > np.pi / 2).all(axis=1)]
    basins = BASINS[region(_dihedrals(candidates))]
    present = np.unique(basins)
    if len(present) < 2:
        raise ValueError(f"{explored} states at {HOT:.0f} K lie in {len(present)} basin; explore longer")
    rng = np.random.default_rng([seed, *b"representatives"])
    queues = {basin: list(rng.permutation(np.flatnonzero(basins == basin))) for basin in present}
    taken: list[int] = []
    while len(taken) < count:
        if not any(queues.values()):
            raise ValueError(f"{explored} states give {len(taken)} representatives, not {count}; explore longer")
        taken += [int(queue.pop()) for queue in queues.values() if queue][: count - len(taken)]
    return np.asarray(candidates[rng.permutation(taken)])


def _dihedrals(states: NDArray[np.float64]) -> NDArray[np.float32]:
    return dihedral_angles(states, (PHI, PSI))
