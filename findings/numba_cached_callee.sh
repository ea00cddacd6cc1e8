#!/usr/bin/env bash
# numba 0.68.1: a function compiled with cache=True is stored beside its own file and recompiled when that file changes.
# What it calls in other files is compiled into it and not watched: after an edit of the callee alone, a new process
# still returns the number of the old code, with no warning. A simulator whose step and potential lie in different files
# so keeps the numbers of a potential that is gone. Our kernels are stored under a hash of all that they are made of.
# Seen: "before the edit 2.0, after it 2.0, without the cache 3.0". Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "numba==0.68.1" "numpy==2.4.6"
cd "$folder"
cat > potential.py <<'PYTHON'
from numba import njit


@njit
def slope(x):
    return 2.0 * x
PYTHON
cat > step.py <<'PYTHON'
from numba import njit
from potential import slope


@njit(cache=True)
def step(x):
    return slope(x)


print(step(1.0))
PYTHON
before=$("$folder/venv/bin/python" step.py)
sleep 1.1 # past the resolution of any file system's clock
sed -i 's/2.0/3.0/' potential.py
after=$("$folder/venv/bin/python" step.py)
fresh=$(NUMBA_CACHE_DIR="$folder/another" "$folder/venv/bin/python" step.py)
echo "before the edit $before, after it $after, without the cache $fresh"
[ "$before" = 2.0 ] && [ "$after" = 2.0 ] && [ "$fresh" = 3.0 ]
