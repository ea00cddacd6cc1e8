"""``suite tokens``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from suite.cli.output import Format, FormatOption, echo, print_list

if TYPE_CHECKING:
    from suite.store.tokens import Tokens

app = typer.Typer(
    help="Make, list and revoke the tokens that people need to upload to `suite serve`.", no_args_is_help=True
)


@app.command()
def new(
    holder: Annotated[str, typer.Argument(help="Who gets the token: 'Ada Lovelace' or ada@example.org.")],
    role: Annotated[str, typer.Option(help="One of submitter, maintainer, admin.")] = "submitter",
    days: Annotated[int, typer.Option(help="Days until the token ends. With 0 it never ends.")] = 90,
) -> None:
    """Make a token and print it. It is not stored, so you see it only once."""
    token, secret = _tokens().new(holder, role, days or None)
    until = f"until {token.expires:%Y-%m-%d} UTC" if token.expires else "for ever"
    echo(f"token {token.id} of {token.holder}, {token.role}, good {until}; it is shown only now:", err=True)
    echo(secret)


@app.command("list")
def list_tokens(form: FormatOption = Format.table) -> None:
    """List all tokens, also old ones, without their secrets."""
    rows = [
        {
            "token": token.id,
            "holder": token.holder,
            "role": token.role,
            "created": f"{token.created:%Y-%m-%d %H:%M}",
            "expires": f"{token.expires:%Y-%m-%d %H:%M}" if token.expires else None,
            "revoked": f"{token.revoked:%Y-%m-%d %H:%M}" if token.revoked else None,
        }
        for token in _tokens().all()
    ]
    print_list(rows, form)


@app.command()
def revoke(token: Annotated[str, typer.Argument(help="Id of the token. `suite tokens list` prints it.")]) -> None:
    """Revoke a token: the server refuses it from now on."""
    revoked = _tokens().revoke(token)
    echo(f"token {revoked.id} of {revoked.holder} was revoked on {revoked.revoked:%Y-%m-%d %H:%M} UTC")


def _tokens() -> Tokens:
    from suite.settings import load_settings
    from suite.store.tokens import Tokens

    return Tokens(load_settings().database_url)
