#!/usr/bin/env bash
# scipy 1.17.1: eigsh, the largest eigenvalues by Lanczos, raises "ARPACK error -9: Starting vector is zero." for an
# operator that maps everything to zero, though the starting vector that it was given is all ones. The answer, 0, is
# known after one product. It happens to the Hessian of a network whose units are all dead, where sharpness is asked for:
# the message sends one looking for a fault in the starting vector.
# Seen: "all ones: ArpackError: ARPACK error -9: Starting vector is zero.; 1e-30 times the identity: 1e-30". Fails when
# that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "scipy==1.17.1"
cat > "$folder/flat.py" <<'PYTHON'
import numpy as np
from scipy.sparse.linalg import ArpackError, LinearOperator, eigsh


def top(scale):
    operator = LinearOperator((10, 10), matvec=lambda vector: scale * vector, dtype=float)
    try:
        return f"{eigsh(operator, k=1, v0=np.ones(10), return_eigenvectors=False)[0]:.0e}"
    except ArpackError as error:
        return f"ArpackError: {error}"


seen = f"all ones: {top(0.0)}; 1e-30 times the identity: {top(1e-30)}"
print(seen)
raise SystemExit(seen != "all ones: ArpackError: ARPACK error -9: Starting vector is zero.; 1e-30 times the identity: 1e-30")
PYTHON
"$folder/venv/bin/python" "$folder/flat.py"
