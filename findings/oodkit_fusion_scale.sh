#!/usr/bin/env bash
# oodkit 0.1.1: PCAFusion with kernel="cosine" scales every embedding to length 1, measures the reconstruction error of
# that, and divides it by the length of the embedding as it came. The ratio, meant as the share of the length that is
# not reconstructed, shrinks with the unit of the features: multiplied by 10, which leaves cosines and logits as they
# are, they have other scores, and the part of the reconstruction all but vanishes. kernel="linear" does not change.
# Seen: "linear: largest change 0.000; cosine: largest change over 1". Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "numpy==2.4.6" "scikit-learn==1.9.1"
"$folder/venv/bin/pip" install --quiet --no-deps "oodkit==0.1.1"
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
from oodkit.data import Features
from oodkit.detectors import PCAFusion

rng = np.random.default_rng(0)
embeddings, logits = rng.normal(size=(300, 16)), rng.normal(size=(300, 4)) * 5
changes = {}
for kernel in ("linear", "cosine"):
    scores = []
    for unit in (1.0, 10.0):
        given = Features(embeddings=unit * embeddings, logits=logits)
        detector = PCAFusion(kernel=kernel, n_components=3)
        detector.fit(given)
        scores.append(detector.score(given))
    changes[kernel] = np.abs(scores[0] - scores[1]).max()
print("; ".join(f"{kernel}: largest change {change:.3f}" for kernel, change in changes.items()))
assert changes["linear"] < 1e-6
assert changes["cosine"] > 1
PYTHON
