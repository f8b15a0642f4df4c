"""Errors as the API tells them, whoever finds them: RFC 9457 problem documents."""

from hub.problems.any_caller import cut_short, defect, malformed, too_fast, unavailable
from hub.problems.problem import PROBLEM_JSON, Problem

__all__ = ["PROBLEM_JSON", "Problem", "cut_short", "defect", "malformed", "too_fast", "unavailable"]
