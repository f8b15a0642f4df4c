"""One change, one case: matching, versions, the rule for which of them is the truth, and what is told of it."""

from hub.cases.arrival import Arrival, Cause, Position, Recorded, Refusal
from hub.cases.breach import Disclosed, breach_assessment
from hub.cases.content import Version, effective_content, protected_by, version_of
from hub.cases.itself import is_own_client, own_client
from hub.cases.matching import ties_of, words_of
from hub.cases.merging import MergeRefused, Proposal, keep_apart, merge, proposals
from hub.cases.naming import case_of, first_reference
from hub.cases.parting import Parted, undo
from hub.cases.proposals import propose_missed
from hub.cases.recording import Contended, record
from hub.cases.reference import group_reference, new_reference, parse_reference
from hub.cases.told import PlannedDelivery, planned_deliveries, was_told
from hub.cases.truth import Account, truth
from hub.cases.tying import mourning, tied_by
from hub.cases.versions import read_versions
from hub.cases.viewing import CaseView, Likeness, compare, note_viewing, view

__all__ = [
    "Account",
    "Arrival",
    "CaseView",
    "Cause",
    "Contended",
    "Disclosed",
    "Likeness",
    "MergeRefused",
    "Parted",
    "PlannedDelivery",
    "Position",
    "Proposal",
    "Recorded",
    "Refusal",
    "Version",
    "breach_assessment",
    "case_of",
    "compare",
    "effective_content",
    "first_reference",
    "group_reference",
    "is_own_client",
    "keep_apart",
    "merge",
    "mourning",
    "new_reference",
    "note_viewing",
    "own_client",
    "parse_reference",
    "planned_deliveries",
    "proposals",
    "propose_missed",
    "protected_by",
    "read_versions",
    "record",
    "tied_by",
    "ties_of",
    "truth",
    "undo",
    "version_of",
    "view",
    "was_told",
    "words_of",
]
