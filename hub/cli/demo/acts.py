"""What tellers do by API in the demo: some tell once, some have to correct or retract what they told."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from hub.cases import group_reference
from hub.cli.demo.account import Account, Row
from hub.cli.demo.deaths import corrected_death, informal_death, retracted_death
from hub.cli.demo.lives import birth, move
from hub.cli.demo.people import Event
from hub.cli.faults import Plain
from hub.intake import add_client
from hub.recipients import Register
from hub.store import Pool
from schemas import SourceKind

_Rows = Sequence[Row]


@dataclass(frozen=True, slots=True)
class _Act:
    """Something told later: once the rows of the case it is about have come so far."""

    case: str
    key: str
    event: Event
    when: Callable[[_Rows], bool]


@dataclass(slots=True)
class Acts:
    """`cases` are opened so far, `first` is the answer to the registrar; what is to be told later waits for its moment."""

    pool: Pool
    http: httpx.AsyncClient
    cases: int = 0
    first: Mapping[str, Any] = field(default_factory=dict)
    _later: list[_Act] = field(default_factory=list)

    async def begin(self, register: Register) -> None:
        """Tell everything that is told first."""
        registrar = await self._client("Registrars of Hertford", SourceKind.REGISTRAR)
        death, correction = corrected_death()
        self.first = await self._open(death, registrar)
        self._then(self.first, registrar, correction, bool)  # as soon as somebody is told
        await self._open(birth(register), registrar)
        keeper = await self._client("the register of deaths", SourceKind.REGISTER)
        death, retraction = retracted_death()
        self._then(await self._open(death, keeper), keeper, retraction, _all_settled)
        await self._open(informal_death(), await self._client("Watford hospital", SourceKind.HOSPITAL))
        await self._open(move(register), await self._client("Stevenage contact centre", SourceKind.CONTACT_DESK))

    async def go_on(self, account: Account) -> bool:
        """Tell what its moment has come for; whether there is nothing more to come of this account."""
        due = [act for act in self._later if act.when([row for row in account.rows if row.case == act.case])]
        for act in due:
            self._later.remove(act)
            await self._post(act.event, act.key)
        return not due and not self._later

    async def _client(self, name: str, kind: SourceKind) -> str:
        _, key = await add_client(self.pool, name, kind)
        return key

    async def _open(self, event: Event, key: str) -> Mapping[str, Any]:
        self.cases += 1
        return await self._post(event, key)

    def _then(self, answer: Mapping[str, Any], key: str, event: Event, when: Callable[[_Rows], bool]) -> None:
        self._later.append(_Act(group_reference(answer["reference"]), key, event, when))

    async def _post(self, event: Event, key: str) -> Mapping[str, Any]:
        headers = {"authorization": f"Bearer {key}", "content-type": "application/cloudevents+json"}
        answer = await self.http.post("/v1/notifications", json=dict(event), headers=headers)
        if answer.status_code != httpx.codes.ACCEPTED:
            raise Plain(f"The hub did not take what was told: {answer.status_code}, {answer.json().get('title', 'without saying why')}.")
        told: Mapping[str, Any] = answer.json()
        return told


def _all_settled(rows: _Rows) -> bool:
    return bool(rows) and all(row.is_settled for row in rows)
