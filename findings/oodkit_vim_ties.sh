#!/usr/bin/env bash
# oodkit 0.1.1: ViM returns the softmax probability of the virtual class and not its logit, so that scores far from the
# boundary tie: on the float32 logits and features that a network gives, every one of 500 OOD samples has the score
# 1.0 exactly, and so have ID samples, which then cannot be told from them. The same numbers in float64, or the logit
# minus the logsumexp of the others, tell all apart. The paper's score is monotonic in that difference, and its
# authors' code returns it.
# Seen: "float32: 500 of 500 OOD at 1.0, AUROC 0.9370; float64: AUROC 1.0000". Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "numpy==2.4.6" "scikit-learn==1.9.1"
"$folder/venv/bin/pip" install --quiet --no-deps "oodkit==0.1.1"
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
from oodkit.data import Features
from oodkit.detectors import ViM

rng = np.random.default_rng(0)
centres = rng.normal(size=(6, 32)) * 3
inside = centres[rng.integers(6, size=500)] + rng.normal(size=(500, 32))
rng.normal(size=(6, 32))
outside = rng.normal(size=(500, 32)) * 3.5
areas, ones = {}, {}
for kind in (np.float32, np.float64):
    head = (centres / 9).astype(kind)
    given = [Features(embeddings=each.astype(kind), logits=(each @ centres.T / 9).astype(kind)) for each in (inside, outside)]
    detector = ViM(W=head, b=np.zeros(6, dtype=kind), n_components=5)
    detector.fit(given[0])
    known, unknown = (detector.score(each) for each in given)
    name = np.dtype(kind).name
    areas[name] = (unknown[:, None] > known).mean() + (unknown[:, None] == known).mean() / 2
    ones[name] = int((unknown == 1).sum())
print(f"float32: {ones['float32']} of 500 OOD at 1.0, AUROC {areas['float32']:.4f}; float64: AUROC {areas['float64']:.4f}")
assert ones["float32"] == 500
assert areas["float32"] < 0.95 < 0.999 < areas["float64"]
PYTHON
