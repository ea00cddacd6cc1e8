"""Decoding one image, wherever it comes from."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from suite.errors import first_line

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LARGEST = 64_000_000
"""Pixels of an image above which it is taken for a mistake, and not decoded."""


class Undecodable(ValueError):
    """The bytes are no image that can be used; the text says why, in one line."""


def decoded(content: bytes) -> NDArray[np.uint8]:
    """Return an encoded image: [height, width] grey or [height, width, 3] RGB; of 16 bits the upper 8.

    Raises:
        Undecodable: it is no image, is larger than `LARGEST`, or its pixels are of no known range.
    """
    import numpy as np
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content)) as image:
            if image.width * image.height > LARGEST:
                raise Undecodable(f"{image.width}x{image.height} is more than {LARGEST:,} pixels")
            deep = image.mode.partition(";")[0] == "I"
            pixels = np.asarray(image if deep or image.mode in ("L", "RGB") else image.convert("RGB"))
            ranged = image.mode != "F" and (not deep or 0 <= pixels.min() <= pixels.max() < 2**16)
            if not ranged:
                raise Undecodable(f"its pixels have the mode {image.mode}. The range of their values is not known")
    except Undecodable:
        raise
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Undecodable(f"it cannot be decoded: {first_line(error)}") from None
    return (pixels >> 8).astype(np.uint8) if deep else pixels
