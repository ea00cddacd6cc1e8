"""Basins of a molecule: alanine dipeptide, simulated with OpenMM."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from suite.tracks.basins.protocol import BasinTask

if TYPE_CHECKING:
    from ._molecule import AlanineDipeptide, Molecule


class AlanineDipeptideTask(BasinTask):
    """Alanine dipeptide by distances and by aligned coordinates of its heavy atoms."""

    id = "basins/alanine-dipeptide"
    version = "1"
    tier = "standard"
    title = "Basins of alanine dipeptide"
    summary = (
        "Alanine dipeptide (ACE-ALA-NME) in Amber ff14SB with implicit solvent OBC2, Langevin dynamics at 200 K, made "
        "with OpenMM from a seed (pip install 'basin-suite[molecules]'), nothing downloaded. 16 representatives, "
        "explored at 1,000 K and relaxed, four from each of the basins beta, alpha R, alpha L and the mirror image of "
        "PII; 16 trajectories from each, 24 frames over 12 ps, of which 6 are burn-in. Shown as the distances of all "
        "pairs of heavy atoms (45 dimensions) and as their coordinates, aligned (30), in angstroms; the dihedral "
        "angles phi and psi, in which the basins lie, are not shown. Relaxation within beta takes 3.4 ps, within the "
        "others less than 0.5 ps; escape takes more than 300 ps, from PII's mirror image 38 ps. The truth is a Markov "
        "model of five regions of the (phi, psi) plane, counted in all trajectories: it gives the total variation "
        "between representatives after burn-in, and those with a risk above 1/4 share a basin. Unlike the other "
        "tasks' oracle it is an estimate, and its risk an upper bound on the exact one where a region has not relaxed."
    )
    seeds = (0, 1)
    systems = ("alanine-dipeptide",)
    views = ("distances", "coordinates")
    subsets = ("mean", *views, *(f"{view}/alanine-dipeptide" for view in views))

    def problems(self, seed: int, systems: Sequence[str]) -> list[Molecule]:
        """Return both views of the molecule."""
        from ._molecule import AlanineDipeptide, Molecule

        return [Molecule(AlanineDipeptide(seed), "distances"), Molecule(AlanineDipeptide(seed), "coordinates")]

    def requires(self, seed: int) -> tuple[AlanineDipeptide, ...]:
        """Return the seed's trajectories of the molecule."""
        from ._molecule import AlanineDipeptide

        return (AlanineDipeptide(seed),)
