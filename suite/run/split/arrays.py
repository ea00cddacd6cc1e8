"""Tensors in the format of safetensors, written from where they lie and read where they lie.

The library's own functions copy what they read or want a path. Here a copy counts: features of a large task have
hundreds of megabytes. Each tensor begins at a multiple of 64 bytes, as torch has them, so that sums round alike.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING, Any

from suite.lazy import torch

if TYPE_CHECKING:
    from torch import Tensor

ALIGNMENT = 64
HEADER = 8
LARGEST = 16 * 2**20
"""Bytes of a header at most: what is parsed of it takes several times that."""
NAMES = {
    "F64": "float64",
    "F32": "float32",
    "F16": "float16",
    "BF16": "bfloat16",
    "I64": "int64",
    "I32": "int32",
    "I16": "int16",
    "I8": "int8",
    "U8": "uint8",
    "BOOL": "bool",
}


class Garbled(BaseException):
    """What the other side sent is not what a border lets pass.

    No `Exception`: a protocol that counts errors of a method as its answer must not go on with such a process.
    """


def packed(tensors: Sequence[Tensor]) -> Iterator[Any]:
    """Yield the parts of a file of safetensors with these tensors, numbered from 0, and with padding between them.

    Raises:
        TypeError: a tensor has numbers of a kind that does not pass, as complex ones.
    """
    kinds = {getattr(torch, name): kind for kind, name in NAMES.items()}
    header: dict[str, Any] = {}
    parts: list[Any] = []
    end = 0
    for number, tensor in enumerate(tensors):
        if tensor.dtype not in kinds:
            more = ": real numbers are wanted, and no imaginary part is dropped" if tensor.is_complex() else ""
            raise TypeError(f"a tensor of {tensor.dtype} does not pass{more}")
        if end % ALIGNMENT:
            padding = ALIGNMENT - end % ALIGNMENT
            header[f"padding {number}"] = {"dtype": "U8", "shape": [padding], "data_offsets": [end, end + padding]}
            parts.append(bytes(padding))
            end += padding
        content = tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy()
        offsets = [end, end + content.nbytes]
        header[str(number)] = {"dtype": kinds[tensor.dtype], "shape": list(tensor.shape), "data_offsets": offsets}
        parts.append(content.data)
        end += content.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-(HEADER + len(text)) % ALIGNMENT)
    yield len(text).to_bytes(HEADER, "little") + text
    yield from parts


def unpacked(content: Any) -> list[Tensor]:
    """Return the tensors of such a file, given as a writable buffer that they then share.

    Raises:
        Garbled: it is no such file.
    """
    size = len(content)
    length = int.from_bytes(content[:HEADER], "little")
    if HEADER + length > size or length > LARGEST:
        raise Garbled("arrays with a header beyond their end, or one too large")
    try:
        header = json.loads(bytes(content[HEADER : HEADER + length]))
        entries = {name: _entry(entry, size - HEADER - length) for name, entry in header.items()}
        places = sorted((start, stop) for _, _, start, stop in entries.values())
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Garbled(f"arrays with a wrong header: {type(error).__name__}") from error
    if any(one[1] > other[0] for one, other in pairwise(places)):
        raise Garbled("arrays that overlap")
    count = sum(not name.startswith("padding ") for name in entries)
    if any(str(number) not in entries for number in range(count)):
        raise Garbled("arrays that are not numbered")
    return [_tensor(content, HEADER + length, *entries[str(number)]) for number in range(count)]


def _entry(entry: dict[str, Any], size: int) -> tuple[str, list[int], int, int]:
    kind, shape, (start, stop) = entry["dtype"], entry["shape"], entry["data_offsets"]
    numbers = [*shape, start, stop]
    if not all(type(number) is int and 0 <= number < 2**48 for number in numbers) or len(shape) > 16:
        raise ValueError("no sizes")
    item = getattr(torch, NAMES[kind]).itemsize
    if not start <= stop <= size or stop - start != item * prod(shape):
        raise ValueError("sizes that do not fit")
    return NAMES[kind], shape, start, stop


def _tensor(content: Any, base: int, name: str, shape: list[int], start: int, stop: int) -> Tensor:
    dtype = getattr(torch, name)
    if start == stop:
        return torch.empty(shape, dtype=dtype)
    if dtype is torch.bool:  # a byte that is neither 0 nor 1 would be no truth value
        return torch.frombuffer(content, dtype=torch.uint8, count=stop - start, offset=base + start).ne(0).view(shape)
    item = dtype.itemsize
    if (base + start) % item:
        raise Garbled("arrays that are not aligned")
    tensor = torch.frombuffer(content, dtype=dtype, count=(stop - start) // item, offset=base + start).view(shape)
    return tensor.clone() if isinstance(content, bytearray) else tensor  # which is small, and begins anywhere
