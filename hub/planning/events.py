"""The CloudEvent that goes on the wire to a recipient (docs/architecture.md), built once and never changed."""

from uuid import UUID

import orjson

from hub.planning.case import DueCase, Past, Telling
from hub.planning.naming import alias_of, parted_from
from hub.policy import minimiser
from hub.privacy import Blind, data_context
from hub.recipients import Contact
from schemas import SAID_ALWAYS, Notice, message_id
from schemas.status import NOTICE_WORDS

_EVENT = b'{"specversion":"1.0","id":"%b","source":%b,"type":"uk.tellusonce.%b.%b.v1","subject":"%b",%b,"agreement":"%b"%b,"data":%b}'
_NOTICES = {notice: word.encode() for notice, word in NOTICE_WORDS.items()}
_THIN = minimiser(SAID_ALWAYS)
_OF_CASE = b'"time":"%b","datacontenttype":"application/json","caseversion":%d,"standing":"%b"'


class Events:
    """Builds and seals. `source` is the hub's public URL; `contact` goes with every retraction, for the person concerned."""

    def __init__(self, blind: Blind, source: str, contact: Contact | None = None) -> None:
        self._blind = blind
        self._source = orjson.dumps(source)
        self._contact = _extensions(contact) if contact else b""
        self._case: tuple[DueCase, bytes, bytes] | None = None

    def sealed(self, case: DueCase, telling: Telling, delivery: UUID, number: int) -> bytes:
        """The event of one message, sealed under the case version's key for that message alone."""
        message = message_id(delivery, number).encode()
        return case.key.seal(self._event(case, telling, message), message)

    def sealed_data(self, case: DueCase, telling: Telling, delivery: UUID, number: int) -> bytes:
        """What a thin event leaves to be fetched."""
        return case.key.seal(telling.data, data_context(message_id(delivery, number)))

    def is_sealed(self, case: DueCase, telling: Telling, past: Past) -> bool:
        """Whether the message that waits says just this: all of the event, and of what it leaves to be fetched."""
        if past.sealed is None or past.data_key != case.key.id or telling.thin is (past.data is None):
            return False
        message = message_id(past.id, past.message)
        if not _is_same(case.key.open(past.sealed, message.encode()), self._event(case, telling, message.encode())):
            return False
        return past.data is None or _is_same(case.key.open(past.data, data_context(message)), telling.data)

    def _event(self, case: DueCase, telling: Telling, message: bytes) -> bytes:
        kind, same = self._of(case)
        return _EVENT % (
            message,
            self._source,
            kind,
            _NOTICES[telling.notice],
            self._blind.pairwise(telling.recipient, telling.subject).encode(),
            same,
            telling.agreement.encode(),
            self._more(case, telling, message) if _has_more(case, telling) else b"",
            orjson.dumps(_THIN(orjson.loads(telling.data))[0]) if telling.thin else telling.data,
        )

    def _of(self, case: DueCase) -> tuple[bytes, bytes]:
        """What is the same in all events of a case: they are built one after the other."""
        if self._case is None or self._case[0] is not case:
            same = _OF_CASE % (case.recorded_at.isoformat().encode(), case.version, case.standing.word.encode())
            self._case = case, case.kind.name.encode(), same
        return self._case[1], self._case[2]

    def _more(self, case: DueCase, telling: Telling, message: bytes) -> bytes:
        """What few events carry: which side of a change it is; that no payment may be stopped on it; whom to speak to; another
        id of the same subject, or that it is none any more; whose word comes back; where the rest is fetched."""
        more = b',"part":"%b"' % telling.part.encode() if telling.part else b""
        if telling.stops_nothing:
            more += b',"stoppayments":false'
        if telling.notice is Notice.RETRACTED:
            more += self._contact
        if (alias := alias_of(case, telling.recipient, telling.subject)) is not None:
            more += b',"alias":"%b"' % self._blind.pairwise(telling.recipient, alias).encode()
        if (parted := parted_from(case, telling.recipient)) is not None:
            more += b',"formeralias":"%b"' % self._blind.pairwise(telling.recipient, parted).encode()
        if telling.origin is not None:
            more += b',"originsource":%b,"originid":%b' % (orjson.dumps(telling.origin.source), orjson.dumps(telling.origin.id))
        if telling.thin:
            more += b',"dataref":"%b/v1/messages/%b/data"' % (self._source[1:-1], message)
        return more


def _is_same(one: bytes, other: bytes) -> bool:
    """In whatever order they say it."""
    return bool(orjson.loads(one) == orjson.loads(other))


def _has_more(case: DueCase, telling: Telling) -> bool:
    if telling.stops_nothing or telling.notice is Notice.RETRACTED:
        return True
    return bool(telling.part or telling.thin or case.past or case.strange or telling.origin is not None)


def _extensions(contact: Contact) -> bytes:
    """Beside the data, which holds what the agreement names of the subject and nothing else."""
    said = {"contactname": contact.name, "contacttelephone": contact.telephone, "contactemail": contact.email}
    return b"," + orjson.dumps(said)[1:-1]
