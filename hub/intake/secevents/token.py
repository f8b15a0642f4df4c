"""A token: its signature, its claims, and what it tells.

Source: RFC 8417 (form, `typ`, claims), RFC 8725 (what a reader of tokens has to refuse), RFC 8935 section 2.4 (the codes).
"""

import time
from collections.abc import Mapping
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import Key
from joserfc.jws import CompactSignature

from hub.intake.member import Member
from hub.intake.reading import read_json
from hub.intake.secevents.keys import PublicKeys
from hub.intake.secevents.vocabulary import EVENTS, NAMES
from hub.intake.translation import NotTaken, notification, said
from hub.problems import Problem
from schemas import Fault, Notification, event_type

TYPE = "secevent+jwt"

_ALGORITHMS = ("ES256", "ES384", "PS256", "RS256", "Ed25519", "EdDSA")
_CLOCKS_DIFFER_BY = 300  # seconds


class TokenRefused(NotTaken):
    """A token that is not taken, with RFC 8935's code for why."""

    def __init__(self, code: str, *found: Fault) -> None:
        super().__init__(*found)
        self.code = code


def read_token(token: str, keys: PublicKeys | None, audience: str, depth: int) -> Notification:
    """The notification in a compact token signed by one of `keys`, meant for nobody else than `audience`. Raises `TokenRefused`."""
    claims = _claims(_verified(token, keys), depth)
    try:
        _check(claims, audience)
        events = {name: claims.at("events", name) for name in EVENTS}
        found = [name for name, event in events.items() if event]
        if len(found) != 1:
            raise claims.at("events").refused("has not one event the hub knows", " or ".join(EVENTS))
        kind, data_of = EVENTS[found[0]]
        return notification(_envelope(claims, kind, data_of(events[found[0]], claims)), NAMES)
    except TokenRefused:
        raise
    except NotTaken as refused:
        raise TokenRefused("invalid_request", *refused.faults) from None


def _verified(token: str, keys: PublicKeys | None) -> bytes:
    """The payload of a token whose signature holds. Raises `TokenRefused`."""
    if keys is None:
        raise TokenRefused("invalid_key", Fault("", "cannot be checked: no key of this client is known", "tuo clients add --jwks FILE"))
    try:
        signed = jws.extract_compact(token.encode())
        header: Mapping[str, Any] = signed.headers()
    except (JoseError, ValueError, TypeError, AttributeError):
        raise TokenRefused("invalid_request", Fault("", "is not a compact JWS within limits", "a token of three parts")) from None
    # Without it a token made for something else, and signed by the same key, would pass for an event (RFC 8725, 3.11).
    if str(header.get("typ", "")).lower().removeprefix("application/") != TYPE:
        raise TokenRefused("invalid_request", Fault("typ", "is not that of a security event", TYPE))
    if header.get("alg") not in _ALGORITHMS:
        raise TokenRefused("invalid_key", Fault("alg", "is not taken", ", ".join(_ALGORITHMS)))
    if not any(_is_signed_by(key, signed) for key in keys if header.get("kid") in (None, key.kid)):
        raise TokenRefused("authentication_failed", Fault("", "is not signed by this client", "a signature by a key of its own"))
    return bytes(signed.payload)


def _is_signed_by(key: Key, signed: CompactSignature) -> bool:
    try:
        return jws.validate_compact(signed, key, _ALGORITHMS)
    except (JoseError, ValueError, TypeError):  # not with a key of this kind, or for this use
        return False


def _claims(payload: bytes, depth: int) -> Member:
    try:
        return Member(read_json(payload, depth))
    except Problem as problem:
        raise TokenRefused("invalid_request", *problem.faults) from None


def _check(claims: Member, audience: str) -> None:
    """Raises `TokenRefused` for a token of another time, or for somebody else."""
    now = time.time()
    issued = claims.at("iat").needed("seconds since 1970")
    for claim, late in ((issued, now + _CLOCKS_DIFFER_BY), (claims.at("nbf"), now + _CLOCKS_DIFFER_BY)):
        if claim and _seconds(claim) > late:
            raise TokenRefused("invalid_request", Fault(claim.path, "lies in the future", "a time up to now"))
    ends = claims.at("exp")
    if ends and _seconds(ends) < now - _CLOCKS_DIFFER_BY:
        raise TokenRefused("invalid_request", Fault("exp", "is over", "a token that has not expired"))
    meant = claims.at("aud").value
    if meant is not None and audience not in (meant if isinstance(meant, list) else [meant]):
        raise TokenRefused("invalid_audience", Fault("aud", "names somebody else", audience))
    if not claims.at("iss"):
        raise TokenRefused("invalid_issuer", Fault("iss", "is missing", "a URI that names your system"))


def _seconds(claim: Member) -> float:
    if isinstance(claim.value, bool) or not isinstance(claim.value, int | float):
        raise claim.refused("is not a number", "seconds since 1970")
    return float(claim.value)


def _envelope(claims: Member, kind: str, data: dict[str, Any]) -> dict[str, Any]:
    accepted = "an identifier of the token, never used for another"
    return {
        "specversion": "1.0",
        "id": claims.at("jti").needed(accepted).text(),
        "source": claims.at("iss").text(),
        "type": event_type(kind),
        "data": said(data),
    }
