"""Two plugins that are loaded and not asked for; what they do when they are imported is the rude part."""

from __future__ import annotations

FILES = {
    "rude_first.py": """
import os
import sys

import torch

torch.set_default_dtype(torch.float64)
torch.set_num_threads(7)
os.environ["OMP_NUM_THREADS"] = "7"
print("good morning")
for name, held in list(sys.modules.items()):
    if name == "suite.run.scoring":
        held.scores_of = lambda task, samples: ()
    if name == "suite.tracks.ood.metrics":
        for metric in held.DETECTION:
            held.DETECTION[metric] = lambda inside, outside: 0.5
""",
    "rude_second.py": """
import os

os.chdir("/")
os._exit(3)
""",
}
