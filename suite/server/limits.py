"""How much one may ask for."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from time import time

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from suite.server.refusal import Refusal

MEBIBYTE = 2**20


@dataclass(frozen=True)
class Limits:
    """What the server takes. Rates are counted by this process, and forgotten when it ends."""

    upload_bytes: int = 32 * MEBIBYTE
    upload_seconds: float = 300.0
    uploads_per_hour: int = 30  # of one holder of tokens
    requests_per_minute: int = 120  # of one address
    wrong_tokens_per_minute: int = 10  # of one address
    waiting_of_holder: int = 20
    waiting: int = 500


class Counter:
    """Counts what addresses and holders ask for."""

    def __init__(self, limits: Limits) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._requests = RateLimitItemPerMinute(limits.requests_per_minute)
        self._wrong = RateLimitItemPerMinute(limits.wrong_tokens_per_minute)
        self._uploads = RateLimitItemPerHour(limits.uploads_per_hour)

    def request(self, address: str) -> None:
        """Count a request. Raises `Refusal` if it is one too many."""
        self._hit(self._requests, "request", network(address), "requests from this address")

    def upload(self, holder: str) -> None:
        """Count an upload. Raises `Refusal` if it is one too many."""
        self._hit(self._uploads, "upload", holder, "uploads of this holder")

    def check_tokens(self, address: str) -> None:
        """Raise `Refusal` if the address has sent too many wrong tokens."""
        if not self._limiter.test(self._wrong, "token", network(address)):
            raise self._refusal(self._wrong, "token", network(address), "wrong tokens from this address")

    def wrong_token(self, address: str) -> None:
        """Count a wrong token."""
        self._limiter.hit(self._wrong, "token", network(address))

    def _hit(self, item: RateLimitItem, kind: str, who: str, what: str) -> None:
        if not self._limiter.hit(item, kind, who):
            raise self._refusal(item, kind, who, what)

    def _refusal(self, item: RateLimitItem, kind: str, who: str, what: str) -> Refusal:
        seconds = max(1, round(self._limiter.get_window_stats(item, kind, who).reset_time - time()))
        return Refusal(429, f"too many {what}: {item}", next=f"wait {seconds} s", headers={"Retry-After": str(seconds)})


def network(address: str) -> str:
    """Return what counts as one address: of IPv6 a whole /64, which one person may have to himself."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or IPv6Address(int(parsed) >> 64 << 64))
    return str(parsed)
