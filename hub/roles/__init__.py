"""How the process of a role lives and ends: its loop, its signals, its garbage, its HTTP server, and the ways of ending at once."""

from hub.roles.ending import DEFECT, RESTART, end_now
from hub.roles.running import collect_seldom, run_role
from hub.roles.serving import Server
from hub.roles.tasks import end_tasks

__all__ = ["DEFECT", "RESTART", "Server", "collect_seldom", "end_now", "end_tasks", "run_role"]
