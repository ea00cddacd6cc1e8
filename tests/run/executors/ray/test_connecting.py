"""What is told where there is no cluster, or the wrong address of one."""

from __future__ import annotations

import importlib.util
import socket

import pytest
from bench import Bench

from suite.errors import SuiteError


def test_the_address_of_a_client_is_refused(bench: Bench) -> None:
    pytest.importorskip("ray", reason="Ray is not installed: pip install 'basin-suite[ray]'")
    with pytest.raises(SuiteError, match="an address for Ray's client") as caught:
        bench.run("constant", executor="ray", ray_address="ray://head:10001")
    assert caught.value.place == "RAY_ADDRESS=ray://head:10001"
    assert bench.evaluations() == {}


def test_an_address_where_nothing_answers_is_told_at_once(bench: Bench) -> None:
    pytest.importorskip("ray", reason="Ray is not installed: pip install 'basin-suite[ray]'")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"  # bound, and not listened at
        with pytest.raises(SuiteError, match=r"cannot connect to the Ray cluster: .*refused") as caught:
            bench.run("constant", executor="ray", ray_address=address)
    assert caught.value.place == f"RAY_ADDRESS={address}"


def test_without_ray_the_extra_is_named(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr("suite.extras.find_spec", lambda name: None if name == "ray" else find(name))
    with pytest.raises(SuiteError, match="the package ray is not installed") as caught:
        bench.run("constant", executor="ray")
    assert caught.value.next == "pip install 'basin-suite[ray]'"
