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
    database_url: str = "postgresql://tuo@127.0.0.1:5432/tuo"
    keystore_url: str = "postgresql://tuo@127.0.0.1:5432/tuo_keys"
    kafka_bootstrap: str = "127.0.0.1:9092"
    public_url: str = "http://127.0.0.1:8400"
    host: str = "127.0.0.1"
    port: int = Field(8400, ge=0, le=65535)
    observe_port: int = Field(0, ge=0, le=65535, description="metrics and health of this process; 0: none")
    recipients_dir: Path = Path("infra/recipients")

    # Secrets: 32 random bytes each, hex
    master_key: SecretStr = SecretStr("")
    blind_key: SecretStr = SecretStr("")
    link_key: SecretStr = SecretStr("")

    # This process
    worker: str = Field("1", pattern=r"^[a-z0-9-]{1,40}$", description="keeps its name over restarts: static membership")
    log_level: str = "info"

    # Intake
    max_body_bytes: int = 256 * 1024
    max_batch_bytes: int = 4 * 1024 * 1024
    max_batch_items: int = 500
    max_depth: int = 12

    # Delivery
    lane_concurrency: int = Field(16, ge=1, description="requests in flight to one recipient, unless its entry says less")
    send_timeout: float = Field(30.0, description="seconds after which a connector's call is broken off; entries set less for themselves")
    lease: float = Field(6.0, description="a worker that has not renewed for so long has lost its lanes")
    lease_renewal: float = 1.5
    retry_for: float = Field(72 * 3600.0, description="from the first attempt, time with the breaker open not counted")
    retry_first: float = 2.0
    retry_longest: float = 3600.0
    breaker_failures: int = 5
    breaker_probe: float = 5.0
    breaker_probe_slow: float = 60.0
    breaker_slow_after: float = 600.0
    allow_private_addresses: bool = Field(False, description="loopback and private networks as recipients: demo, tests, intranets")

    # Clock
    unplanned_after: float = 30.0
    clock_interval: float = 1.0

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
