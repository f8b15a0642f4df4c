"""The simulated recipients: one for every entry of the register, some of them as trying as real ones are."""

import base64
import os
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.kit.simulator import Behaviour, SimulatorClient, Wire
from hub.broker import acknowledgements, ensure_topics, recipient_topic
from hub.intake import add_client
from hub.recipients import Recipient, Register
from hub.store import Pool
from schemas import Answer, SourceKind

SLOW = "liverpool.council-tax"
DOWN = "east-hertfordshire.council-tax"
DOWN_FOR = 5.0  # seconds
_SLOW_BY = 3.0
_REASON = "The tenancy passed to a joint tenant last year. Please write to the housing office, not to this service."
_TRYING = {
    SLOW: Behaviour(wire=Wire.SLOW, seconds=_SLOW_BY),
    DOWN: Behaviour(wire=Wire.DOWN),
    "hertfordshire.blue-badge": Behaviour(answer=Answer.NO_RECORD),
    "stevenage.housing": Behaviour(answer=Answer.REJECTED, reason=_REASON),
}
_VARIABLE = re.compile(r"\$\{([A-Z][A-Z0-9_]*)")


@dataclass(frozen=True, slots=True)
class Cast:
    """All recipients of a register, played by one simulator."""

    register: Register
    simulator: SimulatorClient

    def open_webhooks(self) -> None:
        """Let those listen that are sent to, and put their addresses and secrets where the register's references look."""
        for one in self._reached_by("webhook"):
            secret = "whsec_" + base64.b64encode(os.urandom(32)).decode()
            url = self.simulator.webhook(one.id, [secret], behaviour=_behaviour(one))
            os.environ[_variable(one.entry.settings, "url")] = url
            os.environ[_variable(one.entry.settings, "secrets")] = secret

    async def open_topics(self, bootstrap: str) -> None:
        """Let those collect that have a topic."""
        collectors = self._reached_by("topic")
        await ensure_topics(bootstrap, *(name(one.id) for one in collectors for name in (recipient_topic, acknowledgements)))
        for one in collectors:
            self.simulator.topic(one.id, bootstrap, str(one.entry.settings["group"]), _behaviour(one))

    async def give_keys(self, pool: Pool) -> None:
        """Make every webhook recipient a client of the hub, and give it its key."""
        for one in self._reached_by("webhook"):
            _, key = await add_client(pool, one.name, SourceKind.RECIPIENT, recipient=one.id)
            self.simulator.give_key(one.id, key)

    def bring_back(self) -> None:
        """End the outage."""
        self.simulator.behave(DOWN, _behaviour(self.register.recipients[DOWN], trying=False))

    def _reached_by(self, connector: str) -> list[Recipient]:
        return [one for one in self.register.recipients.values() if one.entry.connector == connector]


def _behaviour(one: Recipient, *, trying: bool = True) -> Behaviour:
    """Offices differ: each answers in a time of its own, between a third of a second and a second and a half."""
    if one.entry.answers_within == "never":
        return Behaviour(answer=None)
    pace = 0.3 + zlib.crc32(one.id.encode()) % 100 / 80
    known = _TRYING.get(one.id, Behaviour()) if trying else Behaviour()
    return known.model_copy(update={"answer_after": known.seconds + pace})


def _variable(settings: Mapping[str, Any], name: str) -> str:
    found = _VARIABLE.search(str(settings[name]))
    if found is None:
        raise LookupError(f"{name} is no reference to a variable")
    return found[1]
