"""Work for a person: why it arose, about what, whose it is, and what settles it."""

from hub.tasks.causes import Cause
from hub.tasks.ledger import Task, TaskDraft, close_task, close_tasks, list_tasks, open_tasks

__all__ = ["Cause", "Task", "TaskDraft", "close_task", "close_tasks", "list_tasks", "open_tasks"]
