"""The register of who can be told: organisations, services, agreements, read from YAML and versioned in the ledger."""

from hub.recipients.entries import Agreement, Organisation, Power, Service
from hub.recipients.faults import Fault
from hub.recipients.listing import LaneStanding, list_standing
from hub.recipients.loading import load, newest
from hub.recipients.reading import Checks, read
from hub.recipients.references import not_set, resolve
from hub.recipients.register import Recipient, Register
from hub.recipients.watch import RegisterWatch

__all__ = [
    "Agreement",
    "Checks",
    "Fault",
    "LaneStanding",
    "Organisation",
    "Power",
    "Recipient",
    "Register",
    "RegisterWatch",
    "Service",
    "list_standing",
    "load",
    "newest",
    "not_set",
    "read",
    "resolve",
]
