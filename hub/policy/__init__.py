"""Who may be told what, and why not: agreements asked case by case, denying by default, and payloads cut to their fields."""

from hub.policy.decision import Allowed, Decision, Held, Withheld, decide, explain
from hub.policy.minimise import Minimiser, differing, minimise, minimiser, overlaid, paths_in

__all__ = [
    "Allowed",
    "Decision",
    "Held",
    "Minimiser",
    "Withheld",
    "decide",
    "differing",
    "explain",
    "minimise",
    "minimiser",
    "overlaid",
    "paths_in",
]
