"""Torch, imported when it is first used: listing methods imports every method's module, and shall take no seconds.

``from suite.lazy import torch`` at the top of a module stands for ``import torch`` inside each of its functions. It is
not for modules that use torch at their top, as for a decorator or a base class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch as torch
else:

    class _Lazy:
        def __getattr__(self, name: str) -> Any:
            import torch

            value = getattr(torch, name)
            setattr(self, name, value)
            return value

    torch = _Lazy()
