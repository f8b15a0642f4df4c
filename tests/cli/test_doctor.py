"""The doctor looks at everything and says what to do."""

import secrets

import orjson

from hub import local
from hub.settings import Settings
from tests.cli.conftest import Tuo


def verdicts(text: str) -> dict[str, str]:
    return {finding["what"]: finding["verdict"] for finding in orjson.loads(text)["findings"]}


def of(settings: Settings) -> dict[str, str]:
    return {
        "TUO_DATABASE_URL": settings.database_url,
        "TUO_KEYSTORE_URL": settings.keystore_url,
        "TUO_KAFKA_BOOTSTRAP": settings.kafka_bootstrap,
        "TUO_PORT": str(settings.port),
        **{f"TUO_{name.upper()}": secrets.token_hex(32) for name in local.SECRETS},
    }


def test_a_well_installation_fails_in_nothing(tuo: Tuo, settings: Settings) -> None:
    said = tuo("doctor", "--json", **of(settings))
    found = verdicts(said.stdout)
    assert {"python", "java", "kafka's jars", "disk", "settings", "API", "kafka", "ledger tables", "keys tables"} <= found.keys()
    assert "fail" not in found.values()
    assert said.returncode == 0


def test_a_database_that_is_gone_fails_with_a_remedy(tuo: Tuo, settings: Settings) -> None:
    gone = f"postgresql://tuo:word@127.0.0.1:{local.free_port()}/tuo"
    said = tuo("doctor", "--json", **{**of(settings), "TUO_DATABASE_URL": gone})
    assert verdicts(said.stdout)["ledger database"] == "fail"
    assert said.returncode == 1


def test_a_hub_that_was_never_started_is_no_fault(tuo: Tuo, settings: Settings) -> None:
    secret = {name: value for name, value in of(settings).items() if name.endswith("_KEY") or name == "TUO_PORT"}
    said = tuo("doctor", "--json", **secret)
    found = verdicts(said.stdout)
    assert (found["ledger database"], found["keys database"], found["kafka"], said.returncode) == ("warn", "warn", "warn", 0)


def test_a_folder_where_no_hub_was_ever_started_is_no_fault(tuo: Tuo, settings: Settings) -> None:
    said = tuo("doctor", "--json", TUO_PORT=str(settings.port))
    found = verdicts(said.stdout)
    assert (found["settings"], found["ledger database"], "fail" in found.values(), said.returncode) == ("warn", "warn", False, 0)


def test_a_variable_that_no_setting_has_is_named_with_the_nearest_and_without_its_value(tuo: Tuo, settings: Settings) -> None:
    said = tuo("doctor", **of(settings), TUO_ALLOW_PRIVATE_ADRESSES="hunter2", TUO_LINK_KEY_FILE="/run/link", TUO_RECIPIENT_KEY="a-key")
    assert "TUO_ALLOW_PRIVATE_ADRESSES: nothing reads it. Did you mean TUO_ALLOW_PRIVATE_ADDRESSES?" in said.stdout
    assert said.stdout.count("nothing reads it") == 1
    assert "hunter2" not in said.stdout


def test_the_doctor_speaks_to_people_too(tuo: Tuo, settings: Settings) -> None:
    said = tuo("doctor", **of(settings))
    assert "✓ ok    python: 3." in said.stdout
