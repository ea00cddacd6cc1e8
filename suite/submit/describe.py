"""Describing methods whose code is not trusted: a confined process imports them, and says what they declare.

``python -m suite.submit.describe FD`` reads a request from its standard input, and writes the answer to the open file
of that number. What it writes is a stranger's word: `suite.submit.stand_in` checks it.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from suite.contracts import Method
from suite.discovery import OWN, PACKAGES, installed_plugins
from suite.errors import SuiteError
from suite.run.split.confinement.reach import secret_places
from suite.settings import Settings
from suite.text import clean

CONTRACTS = "suite.tracks."
"""Where the contracts lie that methods derive from."""
SECONDS, LARGEST, MEMORY = 120.0, 2 * 2**20, 8 * 2**30
"""How long describing may take, how many bytes a description has at most, and how many it may take meanwhile."""


def descriptions(
    packages: Path, names: Sequence[str], overrides: Mapping[str, Mapping[str, Any]], settings: Settings
) -> dict[str, Any]:
    """Return what methods declare that are installed in a folder, as their own code says it.

    ``overrides`` are parameters by method and name. The answer has ``confined``, what the kernel enforced there, and
    ``methods`` by name.

    Raises:
        SuiteError: the process ended without an answer, or says that a method is not there or takes no such parameter.
    """
    with tempfile.TemporaryDirectory(prefix="suite-describe-") as writable:
        request = {
            "packages": str(packages),
            "names": list(names),
            "overrides": overrides,
            "writable": writable,
            "hidden": [str(path) for path in secret_places(settings)],
        }
        answer, said = _asked(json.dumps(request), packages)
    place = f"the packages in {packages.parent.name}"
    try:
        told = json.loads(answer) if len(answer) <= LARGEST else None
    except ValueError:
        told = None
    if not isinstance(told, dict) or not isinstance(told.get("methods"), dict):
        why = clean(told["error"])[:500] if isinstance(told, dict) and "error" in told else clean(said)[-500:]
        raise SuiteError(
            f"cannot load the methods: {why or 'their process ended without a message'}",
            place=place,
            next="suite check METHOD, where the method is installed",
        )
    return told


def _asked(request: str, packages: Path) -> tuple[bytes, str]:
    """Return what the process answers, and what it prints beside that."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SUITE_")}
    with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as given:
        given.write(request.encode())
        given.seek(0)
        process = subprocess.Popen(
            [sys.executable, "-m", "suite.submit.describe", str(answer.fileno())],
            stdin=given,
            stdout=output,
            stderr=output,
            pass_fds=[answer.fileno()],
            env={**environment, PACKAGES: str(packages)},
            start_new_session=True,
        )
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # it, and what it has started
        process.wait()
        answer.seek(0)
        output.seek(0)
        return answer.read(LARGEST + 1), output.read(20_000).decode(errors="replace")


def _describe(request: Mapping[str, Any], end: int) -> dict[str, Any]:
    from suite.registry import Registry, complete_registry
    from suite.run.split.confinement import confine

    plugins = [each for each in installed_plugins() if each[0].folder or each[0].distribution == OWN]
    hidden = [Path(path) for path in request["hidden"]]
    confined = confine([Path(request["packages"])], Path(request["writable"]), hidden=hidden, keep=[end], memory=MEMORY)
    registry = complete_registry(Registry(), plugins)
    methods = {}
    for name in request["names"]:
        if name not in registry.methods:
            failures = [f"{each.plugin}: {each.message}" for each in registry.failures if each.distribution != OWN]
            found = [
                f"{plugin.name} registers {', '.join(plugin.registered)}" for plugin, _ in plugins if plugin.folder
            ]
            return {"error": f"no plugin registers {name}. {'; '.join(failures or found)}".strip()}
        entry = registry.methods.entry(name)
        made = entry.value(**_typed(entry.value, request["overrides"].get(name, {})))
        methods[name] = {
            "plugin": entry.plugin.name,
            "distribution": entry.plugin.distribution,
            "version": entry.value.version,
            "module": entry.value.__module__,
            "contracts": _contracts(entry.value),
            "partners": {role: _place(contract) for role, contract in entry.value.partners.items()},
            "needs": sorted(entry.value.needs),
            "uses": sorted(entry.value.uses),
            "standing": entry.value.standing,
            "card": entry.value.card.model_dump(mode="json"),
            "defaults": entry.value.Parameters().model_dump(mode="json"),
            "parameters": made.parameters.model_dump(mode="json"),
        }
    return {"confined": confined, "methods": methods}


def _typed(method: type[Method], overrides: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: method.Parameters.typed(name, value) if isinstance(value, str) else value
        for name, value in overrides.items()
    }


def _contracts(method: type[Method]) -> list[str]:
    """Return the nearest of the suite's own classes that a method derives from."""
    own = [base for base in method.__mro__ if base.__module__.startswith(CONTRACTS) and issubclass(base, Method)]
    nearest = [base for base in own if not any(other is not base and issubclass(other, base) for other in own)]
    return [_place(base) for base in nearest]


def _place(contract: type) -> str:
    return f"{contract.__module__}:{contract.__qualname__}"


def main() -> None:
    """Answer one request."""
    end = int(sys.argv[1])
    request = json.loads(sys.stdin.buffer.read())
    try:
        answer = _describe(request, end)
    except (Exception, SystemExit) as error:  # the plugin's own: it is told, not raised
        answer = {"error": f"{type(error).__name__}: {error}"}
    with os.fdopen(end, "wb") as file:
        file.write(json.dumps(answer).encode())
    os._exit(0)


if __name__ == "__main__":
    main()
