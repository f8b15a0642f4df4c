"""Reads Security Event Tokens (RFC 8417) in the vocabulary of vocab.account.gov.uk, signed by who sends them."""

from hub.intake.secevents.keys import KeysRefused, client_keys, public_keys
from hub.intake.secevents.route import SecurityEventsRoute
from hub.intake.secevents.token import read_token
from hub.intake.secevents.vocabulary import EVENTS

__all__ = ["EVENTS", "KeysRefused", "SecurityEventsRoute", "client_keys", "public_keys", "read_token"]
