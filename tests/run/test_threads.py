"""A job's share of the cores holds for every library that has threads, not for torch alone."""

from __future__ import annotations

import json
import os
import sys
from subprocess import run

CODE = """
import json, sys
import numpy, scipy.linalg, torch, sklearn.datasets
from threadpoolctl import threadpool_info
from suite.run.threads import limit_threads
before = [pool["num_threads"] for pool in threadpool_info()]
limit_threads(1)
import sklearn.cluster, sklearn.mixture
json.dump([before, [pool["num_threads"] for pool in threadpool_info()], torch.get_num_threads()], sys.stdout)
"""


def test_every_pool_is_limited() -> None:
    environment = {**os.environ, "OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"}
    found = run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True, env=environment)
    before, after, torchs = json.loads(found.stdout)
    assert max(before) == 2
    assert set(after) == {1}
    assert torchs == 1
