"""Who may be told what, and why not: agreements asked case by case, denying by default, and payloads cut to their fields."""

from hub.policy.asking import Decided, ask, decided
from hub.policy.circumstances import Circumstances, in_case
from hub.policy.decision import Allowed, Decision, Held, Withheld, decide
from hub.policy.filtering import Wants, filter_for, unwanted
from hub.policy.minimise import Minimiser, differing, minimise, minimiser, overlaid, paths_in
from hub.policy.sharing import Sharing, Verdict, may_share
from hub.policy.words import explain

__all__ = [
    "Allowed",
    "Circumstances",
    "Decided",
    "Decision",
    "Held",
    "Minimiser",
    "Sharing",
    "Verdict",
    "Wants",
    "Withheld",
    "ask",
    "decide",
    "decided",
    "differing",
    "explain",
    "filter_for",
    "in_case",
    "may_share",
    "minimise",
    "minimiser",
    "overlaid",
    "paths_in",
    "unwanted",
]
