"""The folder an installation lives in: its secrets, data and logs, and where its servers listen."""

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

from hub.settings import Settings

SECRETS = ("master_key", "blind_key", "link_key")
_README = """\
# Where the hub of this folder listens. Written by `tuo up`; other tuo commands started here read it.
"""


class HomeInUse(Exception):
    """Another `tuo up` runs in this home."""


class Home:
    """One installation's folder. Nothing in it is readable by other users."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = (folder or Path(os.environ.get("TUO_HOME") or ".tuo")).resolve()

    @property
    def logs(self) -> Path:
        """What each process said, a file each."""
        return self.folder / "logs"

    @property
    def addresses(self) -> Path:
        """`TUO_…` variables that lead to the running hub. Holds the database's password."""
        return self.folder / "tuo.env"

    @property
    def pids(self) -> Path:
        """`{"supervisor": pid, "children": {name: {"pid", "started"}}}` of what runs."""
        return self.folder / "pids.json"

    @property
    def secrets(self) -> Path:
        """A file for each secret, named as its variable."""
        return self.folder / "secrets"

    def prepare(self) -> None:
        """Make the folders, and at the first start the secrets. What is there stays as it is."""
        for folder in (self.folder, self.logs, self.secrets):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in SECRETS:
            path = self.secrets / f"TUO_{name.upper()}"
            if not path.exists():
                write_private(path, secrets.token_hex(32))

    def write_addresses(self, variables: Mapping[str, str]) -> None:
        """Tell other commands where the hub listens."""
        write_private(self.addresses, _README + "".join(f"{name}='{value}'\n" for name, value in variables.items()))

    @contextlib.contextmanager
    def taken(self) -> Iterator[None]:
        """This home is ours for as long as the block lasts. Raises `HomeInUse`."""
        with (self.folder / ".lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise HomeInUse(
                    f"A hub is running in {self.folder} already. Stop that one (Ctrl-C there), or give this one a home of its own: "
                    "TUO_HOME=another-folder tuo up"
                ) from None
            yield

    def settings(self) -> Settings:
        """The settings of this installation: the environment first, then the addresses, then the secrets here."""
        return Settings(
            _env_file=self.addresses if self.addresses.is_file() else None,
            _secrets_dir=self.secrets if self.secrets.is_dir() else None,
        )


def load_settings() -> Settings:
    """The settings every command works with: the environment first, then those of the hub in this folder's home."""
    return Home().settings()


def write_private(path: Path, text: str) -> None:
    """Write a file only its owner can read, whole or not at all."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600, exist_ok=False)
    new.write_text(text)
    new.rename(path)
