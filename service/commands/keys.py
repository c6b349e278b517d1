"""``congvan keys``: API keys of the service in the archive of this machine."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from service.archive.store import Store

app = typer.Typer(no_args_is_help=True, help="API keys: make, list, revoke. A key is shown once; the archive keeps only its hash.")


class KeyScope(StrEnum):
    """What a key may do; each contains the one before."""

    read = "read"
    write = "write"
    admin = "admin"


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Who or what the key is for.")],
    scope: Annotated[KeyScope, typer.Option("--scope", "-s", help="read: look; write: also send, correct and delete letters; admin: also keys and webhooks.")] = KeyScope.write,
) -> None:
    """Make a key and print it on standard output, this once."""
    store = _store()
    key, token = store.create_key(name, [scope.value])
    store.close()
    print(f"congvan: key {key.id} for {name!r} ({scope.value}). It is shown this once; keep it.", file=sys.stderr)
    print(token)


@app.command(name="list")
def list_keys() -> None:
    """List the keys, revoked ones too: id, scopes, made, last used, revoked, name."""
    store = _store()
    for key in store.list_keys():
        state = f"revoked {key.revoked_at[:19]}" if key.revoked_at else f"used {key.used_at[:16]}" if key.used_at else "never used"
        print(f"{key.id}  {','.join(key.scopes):6}  made {key.created_at[:19]}  {state}  {key.name}")
    store.close()


@app.command()
def revoke(id: Annotated[str, typer.Argument(metavar="ID", help="The id that congvan keys list shows.")]) -> None:
    """Make a key useless from now on."""
    from models.errors import CongvanError

    store = _store()
    try:
        store.revoke_key(id)
    except CongvanError as error:
        print(f"congvan: {error.message}. {error.remedy}", file=sys.stderr)
        raise typer.Exit(1) from error
    finally:
        store.close()
    print(f"congvan: key {id} is revoked", file=sys.stderr)


def _store() -> Store:
    from service.archive.store import Store
    from service.settings import Settings

    chosen = Settings()
    return Store.open(chosen.data, chosen.database_url)
