"""What the policy asks of a single case, taken from what was told and by whom."""

from datetime import timedelta

from hub.planning.case import DueCase
from hub.planning.whereabouts import effective_on
from hub.policy import Circumstances
from schemas import SourceKind, Standing
from schemas.parts import Confidence

_AT_ONCE = timedelta(0)


def circumstances_of(case: DueCase) -> Circumstances:
    """The circumstances of a case. A client that is not known any more counts as a citizen: of them the policy asks most."""
    content = case.content
    source = SourceKind(case.source_kind) if case.source_kind else SourceKind.CITIZEN
    identity = content.get("identity")
    return Circumstances(
        source_kind=source,
        standing=case.standing,
        told_at=case.recorded_at,
        choices={choice["recipient"]: choice["tell"] for choice in content.get("choices", ())},
        identity=None if identity is None else Confidence(identity),
        protected=content.get("protected") is True,
        effective=effective_on(case.kind, content),
        confirmed=content.get("confirmed") is not False,
        mourning=case.mourns,
        hold_for=case.kind.hold_for.get(source, _AT_ONCE) if case.standing is Standing.INFORMAL else _AT_ONCE,
    )
