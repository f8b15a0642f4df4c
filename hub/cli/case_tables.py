"""What `tuo cases` prints of cases."""

from typing import Any

from rich.table import Table
from rich.text import Text

from hub.cases import CaseView, Likeness, Proposal, compare
from hub.cli.references import shown
from hub.cli.tables import folding_table
from schemas import Disclosures

_COLOURS = {Likeness.DIFFERENT: "bold", Likeness.ONE_ONLY: "", Likeness.SAME: "dim"}


def proposals_table(found: list[Proposal]) -> Table:
    """Pairs, by their references alone."""
    table = folding_table("Case", "Other", "Why", "Since", "Decision")
    for proposal in found:
        since, decision = f"{proposal.proposed_at:%d %b %H:%M}", proposal.decision or "waits"
        one, other = shown(proposal.case_a, proposal.reference_a), shown(proposal.case_b, proposal.reference_b)
        table.add_row(one, other, proposal.cause, since, decision)
    return table


def case_table(one: CaseView) -> Table:
    """Each field of a case."""
    table = folding_table("Field", "Says")
    for path in sorted(one.fields):
        table.add_row(path, _shown(one.fields[path]))
    return table


def pair_table(one: CaseView, other: CaseView) -> Table:
    """Both sides, field by field."""
    table = folding_table("Field", "", *(shown(case.case, case.reference) for case in (one, other)))
    for found in compare(one, other):
        table.add_row(found.path, found.likeness.value, _shown(found.one), _shown(found.other), style=_COLOURS[found.likeness])
    return table


def tellers_table(one: CaseView) -> Table:
    """Who told, in the order of arrival."""
    table = folding_table("Told by", "Standing", "Fact", "Its own time", "Recorded")
    for teller in one.tellers:
        times = (f"{at:%d %b %Y %H:%M}" for at in (teller.source_time, teller.recorded_at))
        table.add_row(teller.source_kind or "not known", teller.standing, teller.fact, *times)
    return table


def disclosures_table(found: Disclosures) -> Table:
    """What went to whom, by the paths of its fields."""
    table = folding_table("Recipient", "When", "Notice", "Agreement", "Basis", "Fields")
    for one in found.disclosures:
        when = f"{one.first_disclosed_at:%d %b %Y %H:%M:%S}{'' if one.told else ', not sent'}"
        basis = one.sender.basis if one.sender else ""
        table.add_row(one.recipient, when, one.notice, one.agreement, basis, "\n".join(one.fields))
    return table


def _shown(value: Any) -> Text:
    """As it is: what somebody wrote is no markup."""
    return Text("" if value is None else ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value))
