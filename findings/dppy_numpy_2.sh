#!/usr/bin/env bash
# DPPy 0.3.3 with NumPy 2.4.6: UST(graph).sample("Aldous-Broder") cannot draw a spanning tree. It asks for np.int, which
# NumPy removed in 1.24, and raises AttributeError. The package allows any NumPy, so that pip installs them together. The
# default sampler of the same trees, "Wilson", works.
# Seen: "Wilson 5 edges, Aldous-Broder AttributeError: module 'numpy' has no attribute 'int'". Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "dppy==0.3.3" "numpy==2.4.6" "networkx==3.6.1"
"$folder/venv/bin/python" - <<'PYTHON'
import networkx
import numpy as np
from dppy.exotic_dpps import UST

trees = UST(networkx.cycle_graph(6))
trees.sample("Wilson", random_state=0)
edges = trees.list_of_samples[0].number_of_edges()
try:
    trees.sample("Aldous-Broder", random_state=0)
    error = "nothing"
except AttributeError as found:
    error = f"AttributeError: {str(found).splitlines()[0]}"
print(f"NumPy {np.__version__}: Wilson {edges} edges, Aldous-Broder {error}")
assert edges == 5
assert "module 'numpy' has no attribute 'int'" in error
PYTHON
