#!/usr/bin/env bash
# NumPy 2.4.6 (its OpenBLAS 0.3.31, x86-64 Linux): a process that is forked and then limits OpenBLAS to one thread, as
# threadpoolctl 3.8.0 does, starts all of OpenBLAS's threads anew, and each spins for 2^26 cycles before it sleeps. So
# the limit costs tens of milliseconds of CPU on every core, in every child, though no matrix is ever multiplied. With
# OPENBLAS_THREAD_TIMEOUT=20 in the environment they sleep after 2^20. A server that forks a child per task pays for it
# with each: here two thirds of what the smallest cells cost.
# Seen: "CPU of all threads: 43.7 ms as it comes, 0.9 ms with a timeout of 20". Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "numpy==2.4.6" "threadpoolctl==3.8.0"
cat > "$folder/forked.py" <<'PYTHON'
import os
import time

import numpy
from threadpoolctl import ThreadpoolController

pools = ThreadpoolController()
numpy.ones((300, 300)) @ numpy.ones((300, 300))
spent = []
for _ in range(5):
    reader, writer = os.pipe()
    if not os.fork():
        before = time.process_time()
        pools.limit(limits=1)
        time.sleep(0.3)
        os.write(writer, str(time.process_time() - before).encode())
        os._exit(0)
    spent.append(float(os.read(reader, 100)))
    os.wait()
print(1e3 * sorted(spent)[2])
PYTHON
plain=$(env -u OPENBLAS_THREAD_TIMEOUT OPENBLAS_NUM_THREADS=4 "$folder/venv/bin/python" "$folder/forked.py")
short=$(OPENBLAS_THREAD_TIMEOUT=20 OPENBLAS_NUM_THREADS=4 "$folder/venv/bin/python" "$folder/forked.py")
printf 'CPU of all threads: %.1f ms as it comes, %.1f ms with a timeout of 20\n' "$plain" "$short"
awk "BEGIN { exit !($plain > 5 * $short) }"
