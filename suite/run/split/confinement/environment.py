"""The environment variables of a confined method: those that libraries need, and no address, token or setting."""

from __future__ import annotations

import contextlib
import ctypes
import os
import tempfile
from pathlib import Path

from suite.discovery import PACKAGES
from suite.run.split.confinement.kernel import LINUX

KEPT = (
    *("PATH", "LANG", "LANGUAGE", "TZ", "TERM", "SHELL", "USER", "LOGNAME", "LD_LIBRARY_PATH", "VIRTUAL_ENV"),
    PACKAGES,  # where a submission's packages lie, which the host may read
)
KEPT_PREFIXES = ("LC_", "OMP_", "MKL_", "OPENBLAS_", "KMP_", "CUDA_", "NVIDIA_", "HIP_", "ROCM_", "PYTHON", "GLIBC_")
KEPT_SUFFIX = "_NUM_THREADS"
FOLDERS = (
    *("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"),
    *("NUMBA_CACHE_DIR", "MPLCONFIGDIR", "TORCH_HOME", "HF_HOME", "TRITON_CACHE_DIR", "TORCHINDUCTOR_CACHE_DIR"),
)
"""Where libraries write: all of it into the folder of the method's own."""
_START, _END = 49, 50  # fields of /proc/self/stat, counted from 0: where the first environment lies in memory


def clean(folder: Path) -> None:
    """Keep the variables that libraries need and that say where packages lie; send what they write into ``folder``."""
    kept = {name: value for name, value in os.environ.items() if _is_kept(name)}
    os.environ.clear()
    if LINUX:
        _wipe()
    os.environ.update(kept | dict.fromkeys(FOLDERS, str(folder)) | {"HF_HUB_OFFLINE": "1"})
    tempfile.tempdir = None  # found anew, from TMPDIR
    os.chdir(folder)


def _is_kept(name: str) -> bool:
    return name in KEPT or name.startswith(KEPT_PREFIXES) or name.endswith(KEPT_SUFFIX)


def _wipe() -> None:
    """Overwrite the environment that this process was started with: /proc/self/environ shows it for ever."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        start, end = int(fields[_START - 2]), int(fields[_END - 2])
        if 0 < start < end:
            ctypes.memset(start, 0, end - start)
