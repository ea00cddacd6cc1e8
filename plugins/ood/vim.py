"""Virtual-logit matching."""

from __future__ import annotations

from pydantic import Field

from suite import Card, Context
from suite.lazy import torch
from suite.tracks.ood import Batch, Detector, TrainingSet

from ._matmul import matmul
from ._moments import ROWS, second_moment


class ViM(Detector):
    """``logsumexp(f) - alpha ||R'(z - o)||``: the energy minus a virtual logit, the residual outside the main subspace.

    ``o = -pinv(W) b`` is the feature whose logits vanish; R [D, D - d] spans the smallest eigenvectors of the features'
    second moment around o; ``alpha = sum_i max_c f_ic / sum_i ||R'(z_i - o)||`` on training data.
    Source: Wang et al. 2022; d by a rule after theirs: 1,000 for D >= 2,048, 512 for D >= 768, else D / 2. Computed in
    float64: where the residual's eigenvalues are under 1e-5 of the largest, float32 moves AUROC by a tenth of a point
    and more, as in pytorch-ood 0.4, which takes d = 64 by default. There d = D returns NaN; here it is an error.
    """

    name = "vim"
    version = "2"
    card = Card(
        title="Virtual-logit matching (ViM)",
        status="paper",
        paper="ViM: Out-Of-Distribution with Virtual-logit Matching",
        authors="Haoqi Wang, Zhizhong Li, Litong Feng, Wayne Zhang",
        year=2022,
        url="https://arxiv.org/abs/2203.10807",
    )

    class Parameters(Detector.Parameters):
        """The authors choose d by D."""

        d: int | None = Field(None, ge=1, description="dimension of the main subspace; by the rule if None")

    parameters: Parameters
    grid = {"d": (None, 16, 32, 64, 128, 256, 512, 1000)}

    def fit(self, train: TrainingSet, context: Context) -> None:
        """Find the origin [D], the residual subspace [D, D - d] and alpha.

        Raises:
            ValueError: d leaves no residual space, or the training features have no residual.
        """
        weight, bias = train.head.weight.double(), train.head.bias.double()
        width = weight.shape[1]
        d = self.parameters.d or _authors_d(width)
        if d >= width:
            raise ValueError(f"d = {d} leaves no residual space in {width} dimensions; choose 1 <= d < {width}")
        self._origin = -torch.linalg.pinv(weight) @ bias
        _, vectors = torch.linalg.eigh(second_moment(train.features, self._origin))
        self._residual = vectors[:, : width - d]
        # A sum needs no float64, unlike the subspace and a sample's score.
        origin, residual = self._origin.float(), self._residual.T.float().contiguous()
        residuals = sum(
            matmul(block - origin, residual).norm(dim=1).double().sum() for block in torch.split(train.features, ROWS)
        )
        if residuals <= 0:
            raise ValueError(f"the training features have no residual outside {d} dimensions; choose a smaller d")
        self._alpha: torch.Tensor = train.logits.amax(dim=1).double().sum() / residuals

    def score(self, batch: Batch) -> torch.Tensor:
        """Return the energy minus the virtual logit [B]."""
        return batch.logits.double().logsumexp(dim=1) - self._alpha * self._residual_norm(batch)

    def _residual_norm(self, batch: Batch) -> torch.Tensor:
        norms: torch.Tensor = ((batch.features.double() - self._origin) @ self._residual).norm(dim=1)
        return norms


def _authors_d(width: int) -> int:
    return 1000 if width >= 2048 else 512 if width >= 768 else width // 2
