"""`tuo run ROLE`: one process of a larger installation."""

import asyncio
import os
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli.faults import NO_HUB, Plain
from hub.local import SECRETS, Home, load_settings
from hub.settings import Settings

if TYPE_CHECKING:
    from hub.store import SchemaState

app = typer.Typer()

ROLES = {
    "api": "hub.web.api",
    "relay": "hub.relay.role",
    "plan": "hub.planning.role",
    "deliver": "hub.delivery.role",
    "track": "hub.tracking.role",
    "clock": "hub.clock.role",
}
Role = StrEnum("Role", ["api", "relay", "plan", "deliver", "track", "clock", "migrate"])

_EXAMPLES = """
TUO_DATABASE_URL=postgresql://… TUO_KAFKA_BOOTSTRAP=… tuo run migrate

tuo run deliver  (as many as you like, each with a TUO_WORKER of its own)
"""


@app.command(epilog=_EXAMPLES)
def run(
    role: Annotated[Role, typer.Argument(help="What this process does; `migrate` brings tables and register up to date and ends.")],
) -> None:
    """Run one process of a larger installation, until it is told to stop (SIGTERM, Ctrl-C).

    Every setting is a TUO_… variable, or a file named by TUO_…_FILE. Any number of processes of one role work side by side.
    """
    settings = load_settings()
    check_secrets(settings)
    check_places()
    # Who asks at the databases which connection is whose reads it there (pg_stat_activity).
    os.environ.setdefault("PGAPPNAME", f"tuo-{role}-{settings.worker}")
    if role is Role.migrate:
        from hub.cli.stores import bring_up_to_date, load_recipients

        bring_up_to_date(settings)
        load_recipients(settings)
        return
    check_schemas(settings)
    asyncio.run(check_master_key(settings))
    main = import_module(ROLES[role]).main
    if role is Role.deliver:
        from hub.cli.kinds import open_connectors

        main(settings, open_connectors(settings))
    else:
        main(settings)


def settings_with_secrets() -> Settings:
    """Those of the hub of this folder, for a command that opens what is sealed. Raises `Plain` where one is missing."""
    home = Home()
    settings = home.settings()
    if is_untouched(home, settings):
        raise Plain(NO_HUB)
    check_secrets(settings)
    return settings


def is_untouched(home: Home, settings: Settings) -> bool:
    """Whether no hub was ever started in this home, and the environment leads to none elsewhere."""
    return not home.secrets.is_dir() and not settings.model_fields_set & {"database_url", "keystore_url", *SECRETS}


def check_secrets(settings: Settings) -> None:
    """Raises `Plain` for a secret that is missing, or not 32 bytes in hex."""
    for name in SECRETS:
        value = getattr(settings, name).get_secret_value()
        variable = f"TUO_{name.upper()}"
        if not value:
            raise Plain(
                f"{variable} is missing. Every process of an installation needs the same one, 32 random bytes in hex: "
                f"openssl rand -hex 32 > secret, then {variable}_FILE=secret. `tuo up` makes its own."
            )
        if len(value) != 64 or set(value) - set("0123456789abcdefABCDEF"):
            raise Plain(f"{variable} is not 32 bytes in hex, which is 64 digits.")


async def check_master_key(settings: Settings) -> None:
    """Raises `WrongMasterKey` where the key store was written under another."""
    from hub.cli.reach import reach
    from hub.privacy import Keys

    async with await reach(settings.keystore_url) as keystore:
        await Keys(keystore, bytes.fromhex(settings.master_key.get_secret_value())).prove()


def check_places() -> None:
    """Raises `Plain` where this process could look no postcode up: found out at a case, it would look like that case's fault."""
    from hub.places import edition

    try:
        edition()
    except (OSError, ValueError, KeyError) as error:
        raise Plain(
            f"The places cannot be read ({error}). `tuo places update FOLDER --write` makes them in TUO_PLACES_DIR; "
            "without that variable those shipped with the hub are used."
        ) from None


def check_schemas(settings: Settings) -> None:
    """Raises `Plain` where a database's tables are not those of this hub, `psycopg.OperationalError` where it is not there."""
    from hub.store import schema_state

    _check_schema("ledger", schema_state("ledger", settings.database_url))
    _check_schema("keys", schema_state("keys", settings.keystore_url))


def _check_schema(store: str, state: "SchemaState") -> None:
    if state.found is None or state.found < state.needed:
        raise Plain(f"The {store} database has tables of version {state.found or 'none'}; this hub needs {state.needed}: tuo run migrate")
    if state.found > state.needed:
        raise Plain(f"The {store} database is of version {state.found}, newer than this hub ({state.needed}): install the newer hub.")
