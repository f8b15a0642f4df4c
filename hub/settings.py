"""Every setting of the hub in one typed object, read from `TUO_…` variables or from files named `TUO_…_FILE`.

A demo, a test and a county run the same code with the same settings; only addresses differ.
Each field says what it is for.
"""

import os
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict


class _NamedFiles(PydanticBaseSettingsSource):
    """`TUO_X_FILE` names the file that holds X: how containers are handed their secrets."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        path = os.environ.get(f"TUO_{field_name.upper()}_FILE")
        return (Path(path).read_text().strip() if path else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


class Settings(BaseSettings):
    """Durations are seconds. Secrets are never printed."""

    model_config = SettingsConfigDict(env_prefix="TUO_", extra="ignore")

    # Where things are
    database_url: str = Field("postgresql://tuo@127.0.0.1:5432/tuo", description="the ledger")
    keystore_url: str = Field("postgresql://tuo@127.0.0.1:5432/tuo_keys", description="the data keys, in a database of their own")
    kafka_bootstrap: str = Field("127.0.0.1:9092", description="host:port of a broker, or several with commas between them")
    public_url: str = Field(
        "http://127.0.0.1:8400", description="how callers reach the API: in links, and the source of what the hub sends"
    )
    host: str = Field("127.0.0.1", description="where this process listens")
    port: int = Field(8400, ge=0, le=65535, description="of the API")
    observe_host: str = Field("127.0.0.1", description="where metrics and health are shown; whoever reaches it reads them without a key")
    observe_port: int = Field(0, ge=0, le=65535, description="metrics and health of this process; 0: none")
    recipients_dir: Path = Field(
        Path("infra/recipients"), description="the entries that `tuo recipients load` reads where it is given no folder"
    )
    places_dir: Path = Field(
        Path(__file__).parent / "places" / "data",
        description="the gazetteer that `tuo places update` writes and every process reads; what is shipped where none is given",
    )

    # Secrets: 32 random bytes each, hex
    master_key: SecretStr = Field(SecretStr(""), description="wraps the data keys")
    blind_key: SecretStr = Field(SecretStr(""), description="hashes what people are found by, and makes each recipient's ids of them")
    link_key: SecretStr = Field(SecretStr(""), description="signs the links to status pages")

    # This process
    worker: str = Field("1", pattern=r"^[a-z0-9-]{1,40}$", description="keeps its name over restarts: static membership")
    log_level: str = Field("info", description="debug, info, warning or error")

    # Intake
    max_body_bytes: int = Field(256 * 1024, description="of one notification")
    max_batch_bytes: int = Field(4 * 1024 * 1024, description="of a batch")
    max_batch_items: int = Field(500, description="notifications in a batch")
    max_depth: int = Field(12, description="how deep the JSON of a notification may be nested")

    # Delivery
    lane_concurrency: int = Field(16, ge=1, description="requests in flight to one recipient, unless its entry says less")
    send_timeout: float = Field(30.0, description="seconds after which a connector's call is broken off; entries set less for themselves")
    lease: float = Field(6.0, description="a worker that has not renewed for so long has lost its lanes")
    lease_renewal: float = Field(1.5, description="how often a worker renews its lease")
    retry_for: float = Field(72 * 3600.0, description="from the first attempt, time with the breaker open not counted")
    retry_first: float = Field(2.0, description="until the second attempt; doubled for each one after")
    retry_longest: float = Field(3600.0, description="between two attempts at most")
    breaker_failures: int = Field(5, description="failures in a row of one recipient that open its breaker")
    breaker_probe: float = Field(5.0, description="between two tries with the breaker open")
    breaker_probe_slow: float = Field(60.0, description="the same once it has been open for `breaker_slow_after`")
    breaker_slow_after: float = Field(600.0, description="from which on an open breaker is probed slowly")
    allow_private_addresses: bool = Field(False, description="loopback and private networks as recipients: demo, tests, intranets")

    # Clock
    unplanned_after: float = Field(30.0, description="after which a case without a plan is given to planning again")
    clock_interval: float = Field(1.0, description="between two rounds of the clock's quickest duties")

    @field_validator("database_url", "keystore_url")
    @classmethod
    def _is_of_postgresql(cls, url: str) -> str:
        if not url.startswith("postgresql://"):
            raise ValueError("not the address of a PostgreSQL database; accepted: postgresql://user:password@host:port/database")
        return url

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What wins: what the caller gives, the environment, files it names, then what `tuo up` left."""
        return init_settings, env_settings, _NamedFiles(settings_cls), dotenv_settings, file_secret_settings
