#!/usr/bin/env bash
# NumPy 2.4.6: selecting columns with a boolean mask, a[:, mask], returns an array in Fortran order, where
# np.compress(mask, a, axis=1) returns the same numbers in C order. Sums along rows then add in another order, so that
# the same statistic of the same numbers differs in its last bits, depending on how the columns were selected. Whoever
# compares scores bit for bit, or identifies them by a hash, has to select in one way everywhere.
# Seen: "equal True, C order False and True, 59 of 200 row means differ". Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "numpy==2.4.6"
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np

a = np.random.default_rng(0).normal(size=(200, 24))
mask = np.arange(24) % 2 == 0
masked, compressed = a[:, mask], np.compress(mask, a, axis=1)
differing = int((masked.mean(axis=1) != compressed.mean(axis=1)).sum())
print(f"NumPy {np.__version__}: equal {np.array_equal(masked, compressed)}, C order {masked.flags.c_contiguous} and "
      f"{compressed.flags.c_contiguous}, {differing} of 200 row means differ")
assert np.array_equal(masked, compressed)
assert not masked.flags.c_contiguous
assert compressed.flags.c_contiguous
assert differing > 0
PYTHON
