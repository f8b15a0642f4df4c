"""The register of who can be told: organisations, services, agreements, read from YAML and versioned in the ledger."""

from hub.recipients.catalogue import service_name
from hub.recipients.citing import Citation, cited
from hub.recipients.controller import Contact, Controller
from hub.recipients.differences import Difference, differences
from hub.recipients.documents import Document, read_document
from hub.recipients.endings import Ending, ending, endings
from hub.recipients.entries import URGENT_LANE, Agreement, Covered, Organisation, Power, Service, Way
from hub.recipients.faults import Fault
from hub.recipients.listing import LaneStanding, list_standing
from hub.recipients.loading import KindInUse, kinds_in_use, load, newest, of_version
from hub.recipients.prohibitions import Prohibition, prohibition, prohibitions
from hub.recipients.reading import Checks, read
from hub.recipients.references import not_set, resolve
from hub.recipients.register import Recipient, Register
from hub.recipients.said import in_file_words
from hub.recipients.starting import NoStart, slug, starting_points
from hub.recipients.watch import RegisterWatch

__all__ = [
    "URGENT_LANE",
    "Agreement",
    "Checks",
    "Citation",
    "Contact",
    "Controller",
    "Covered",
    "Difference",
    "Document",
    "Ending",
    "Fault",
    "KindInUse",
    "LaneStanding",
    "NoStart",
    "Organisation",
    "Power",
    "Prohibition",
    "Recipient",
    "Register",
    "RegisterWatch",
    "Service",
    "Way",
    "cited",
    "differences",
    "ending",
    "endings",
    "in_file_words",
    "kinds_in_use",
    "list_standing",
    "load",
    "newest",
    "not_set",
    "of_version",
    "prohibition",
    "prohibitions",
    "read",
    "read_document",
    "resolve",
    "service_name",
    "slug",
    "starting_points",
]
