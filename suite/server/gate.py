"""Who asks, and whether he may."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from suite.server.limits import Counter
from suite.server.refusal import Refusal
from suite.store.tokens import Token, Tokens


class Gate:
    """Tells holders of tokens from strangers. It keeps no sessions: every request carries its token."""

    def __init__(self, tokens: Tokens, counter: Counter) -> None:
        self._tokens = tokens
        self._counter = counter

    async def bearer(self, request: Request, role: str = "submitter") -> Token:
        """Return the token in the request's ``Authorization`` header; see `holder`."""
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        return await self.holder(request, secret.strip() if scheme.lower() == "bearer" else "", role)

    async def holder(self, request: Request, secret: str, role: str = "submitter") -> Token:
        """Return the token of a secret.

        Raises:
            Refusal: 401 if there is no such token, 403 if it has not this role, 429 if too many were tried.
        """
        address = address_of(request)
        self._counter.check_tokens(address)
        token = await run_in_threadpool(self._tokens.of, secret)
        if token is None:
            self._counter.wrong_token(address)
            raise Refusal(
                401,
                "the token is not valid: it is unknown, expired or revoked",
                next="ask a maintainer for a token",
                headers={"WWW-Authenticate": 'Bearer realm="basin-suite"'},
            )
        if not token.may(role):
            raise Refusal(
                403, f"this needs the role {role}. The token has the role {token.role}", next="ask a maintainer"
            )
        return token


def address_of(request: Request) -> str:
    """Return the address that a request comes from."""
    return request.client.host if request.client else "-"


def check_same_site(request: Request) -> None:
    """Refuse a form that another site sent.

    A form carries its token, and no cookie is ever set, so another site has nothing to ride on. This is a second lock.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Refusal(403, "the form came from another site", next="open the upload page of this server")
