"""A place, and the changes of an update, as a person reads them."""

from collections.abc import Iterator
from pathlib import Path
from textwrap import fill
from typing import Any

from hub.cli.tables import folding_table, print_table
from hub.lookup import PlaceAnswer
from hub.places import Changes
from hub.recipients import Register

_MOST = 40
_WIDEST = 100
_WIDTHS = (38, 30, 28)


def print_place(answer: PlaceAnswer) -> None:
    """All of an answer, councils first."""
    print(f"{answer.postcode} on {answer.on} (postcodes of {answer.edition})")
    if answer.reason:
        print(_folded(f"No council can be named ({answer.reason}). {answer.explanation}"))
    for council in answer.councils:
        print(f"  {council.role:8}  {council.code}  {council.name}, {council.kind}")
        if council.ends:
            print(_folded(f"            {council.ends}", " " * 12))
    for said, one in (("combined", answer.combined_authority), ("ward", answer.ward)):
        if one:
            print(f"  {said:8}  {one.code}  {one.name}")
    for succession in answer.successions:
        print(_folded(succession.sentence))
    if answer.register_version is None:
        print("Which services would be asked is not known here: no hub answers, or it has no register yet.")
        return
    _print_services(answer)


def _print_services(answer: PlaceAnswer) -> None:
    table = folding_table("Recipient", "Name", "Of", title=f"Would be asked (register {answer.register_version})")
    for column, width in zip(table.columns, _WIDTHS, strict=True):
        column.max_width = width
    for service in answer.services:
        table.add_row(service.recipient, service.name, ", ".join(service.kinds))
    print_table(table)
    lacking: dict[str, list[str]] = {}
    for missing in answer.missing:
        lacking.setdefault(missing.service, []).append(missing.kind)
    for name, kinds in lacking.items():
        print(_folded(f"Nobody runs {name} here: what is for it ({', '.join(kinds)}) becomes a task."))


def _folded(text: str, indent: str = "  ") -> str:
    return fill(text, _WIDEST, subsequent_indent=indent, break_on_hyphens=False)


def changes_document(changes: Changes, register: Register | None, written: Path | None) -> dict[str, Any]:
    """The same as JSON."""
    return {
        "edition": changes.edition,
        "replaces": changes.replaces,
        "postcodes": {"added": changes.added, "gone": changes.gone},
        "moved": [{"before": one.before, "after": one.after, "postcodes": one.postcodes} for one in changes.moved],
        "begun": [{"code": one.code, "name": one.official} for one in changes.begun],
        "ended": [{"code": one.council.code, "on": one.on, "successors": [s.code for s in one.successors]} for one in changes.ended],
        "forgotten": [{"code": one.code, "name": one.official} for one in changes.forgotten],
        "unresolved": list(changes.unresolved),
        "outcomes": {outcome.value: count for outcome, count in changes.outcomes.items()},
        "recipients": None if register is None else list(_affected(changes, register)),
        "writtenTo": str(written) if written else None,
    }


def print_changes(changes: Changes, register: Register | None, written: Path | None) -> None:
    """What an update changes, a line each; long lists are cut, and `--json` has all."""
    print(f"Postcodes of {changes.edition}, in place of those of {changes.replaces}: {changes.added:,} added, {changes.gone:,} gone.")
    lines = list(_council_lines(changes)) or ["No council changes."]
    print("\n".join(lines[:_MOST]))
    if len(lines) > _MOST:
        print(f"… and {len(lines) - _MOST} more: --json lists all.")
    print("Postcodes by arrangement, or by the reason why they have no council:")
    for outcome, count in sorted(changes.outcomes.items()):
        print(f"  {outcome:20} {count:>10,}")
    for one in () if register is None else _affected(changes, register):
        print(f"{one['recipient']} names {one['code']}, {one['fault']}.")
    if register is None:
        print("Which recipients name a council that ends is not known here: no hub answers, or it has no register yet.")
    print(
        f"Written to {written}. Restart the hub's processes: each reads it when it starts."
        if written
        else "Nothing was written; --write does."
    )


def _council_lines(changes: Changes) -> Iterator[str]:
    for moved in changes.moved:
        yield f"{moved.postcodes:,} postcodes pass from {moved.before} to {moved.after}."
    for council in changes.begun:
        yield f"{council.code} {council.official} is new."
    for end in changes.ended:
        after = ", ".join(one.official for one in end.successors) or "nobody"
        yield f"{end.council.code} {end.council.official} ends on {end.on}; after it: {after}."
    for council in changes.forgotten:
        yield f"{council.code} {council.official} is not in the new register."
    for code in changes.unresolved:
        yield f"{code} is in the postcodes and no council: nobody can be told there."


def _affected(changes: Changes, register: Register) -> Iterator[dict[str, str]]:
    """Recipients that name, for days when it is no more, a council that ends or that the new register does not know."""
    ends = {code: one for one in changes.ending for code in one.council.codes}
    forgotten = {code for one in changes.forgotten for code in one.codes}
    for recipient in register.recipients.values():
        for covered in recipient.places or ():
            end = ends.get(covered.code)
            if end and (covered.until is None or covered.until > end.on):
                after = ", ".join(one.code for one in end.successors) or "nobody"
                yield {"recipient": recipient.id, "code": covered.code, "fault": f"which ends on {end.on} ({after} follows)"}
            elif covered.code in forgotten:
                yield {"recipient": recipient.id, "code": covered.code, "fault": "which the new register does not know"}
