"""Seconds, bytes and counts as people read them: 340 ms, 3.5 KiB, 12,800 samples."""

from __future__ import annotations

BYTES = {
    "bytes": 1.0,
    "B": 1.0,
    "kB": 1e3,
    "KB": 1e3,
    "MB": 1e6,
    "GB": 1e9,
    "KiB": 2.0**10,
    "MiB": 2.0**20,
    "GiB": 2.0**30,
}
"""Units of memory, in bytes."""
TIME = ((1e-3, 1e-6, "µs"), (1.0, 1e-3, "ms"), (120.0, 1.0, "s"), (7200.0, 60.0, "min"), (float("inf"), 3600.0, "h"))
"""Below how many seconds a time is said in which unit."""


def quantity(value: float, unit: str) -> str:
    """Return a value with its unit: times and memory in the unit that suits their size, others with four digits."""
    if unit == "s":
        return seconds(value)
    if unit in BYTES:
        return memory(value * BYTES[unit])
    return f"{digits(value)} {unit}".rstrip()


def seconds(value: float) -> str:
    """Return a time, as ``3.2 ms`` or ``2.5 h``."""
    if value == 0:
        return "0 s"
    size, name = next((size, name) for below, size, name in TIME if abs(value) < below)
    return f"{digits(value / size, 3)} {name}"


def memory(value: float) -> str:
    """Return a number of bytes, as ``512 B`` or ``3.5 KiB``."""
    size = next((unit for unit in ("GiB", "MiB", "KiB") if abs(value) >= BYTES[unit]), "B")
    return f"{digits(value / BYTES[size], 3)} {size}"


def digits(value: float, count: int = 4) -> str:
    """Return a number with so many significant digits, whole numbers whole, thousands set apart."""
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    if abs(value) >= 10**count - 0.5:
        return f"{round(value):,}"
    return f"{value:.{count}g}"
