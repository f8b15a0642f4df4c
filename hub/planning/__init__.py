"""From a case version to its plan: who is told what, who is not and why, and the deliveries that follow."""

from hub.planning.planner import Planned, Planner
from hub.planning.proving import Prover
from hub.planning.requeue import requeue_unplanned

__all__ = ["Planned", "Planner", "Prover", "requeue_unplanned"]
