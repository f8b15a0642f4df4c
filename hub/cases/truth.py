"""Which of a case's versions is the truth now: a pure rule over all of them, so the order of arrival cannot matter.

By standing, then by the source's own time, then by arrival. Among registered facts each registration number speaks for
itself first, and within it its time alone decides (a cancellation removed after a cancellation is the truth). A
cancelled registration then gives way to another that stands: cancelling one of two is not "registration cancelled".
What the person concerned has not confirmed gives way to anything else: it is what another said of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from schemas.standing import Fact, Standing


@dataclass(frozen=True, slots=True)
class Account:
    """What one version claims, as far as the rule asks. `version` is its place in the order of arrival."""

    version: int
    standing: Standing
    fact: Fact
    registration: bytes | None
    source_time: datetime

    @property
    def is_confirmed(self) -> bool:
        """Whether it may be told as it stands: most need nobody's confirmation."""
        return True


def truth(accounts: Iterable[Account]) -> Account:
    """The account that is the truth now. Raises `ValueError` where there is none at all."""
    latest: dict[bytes | None, Account] = {}
    others: list[Account] = []
    known = list(accounts)
    for account in [one for one in known if one.is_confirmed] or known:
        if account.standing is not Standing.REGISTERED:
            others.append(account)
            continue
        rival = latest.get(account.registration)
        if rival is None or _time(account) > _time(rival):
            latest[account.registration] = account
    return max((*latest.values(), *others), key=_rank)


def _time(account: Account) -> tuple[datetime, int]:
    return account.source_time, account.version


def _rank(account: Account) -> tuple[int, bool, datetime, int]:
    stands = not (account.standing is Standing.REGISTERED and account.fact is Fact.CANCELLED)
    return account.standing, stands, account.source_time, account.version
