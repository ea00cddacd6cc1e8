"""What is wrong with a folder of results, as one error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from suite.errors import SuiteError

ANOTHER = "ask its maker for another: suite submit pack"


class Refused(Exception):
    """The folder is not what it should be; the message says in what."""


@contextmanager
def refusals(folder: Path) -> Iterator[None]:
    """Turn what is wrong with a folder of results into one error."""
    try:
        yield
    except Refused as why:
        raise _refusal(folder, str(why)) from why
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise _refusal(folder, f"{error.title}{f'.{where}' if where else ''}: {first['msg']}") from error
    except (ValueError, RecursionError) as error:
        raise _refusal(folder, f"it is damaged ({error})") from error


def _refusal(folder: Path, why: str) -> SuiteError:
    following = "pip install --upgrade basin-suite" if "newer than" in why else ANOTHER
    return SuiteError(f"the results in {folder.name} are refused: {why}", place=str(folder), next=following)
