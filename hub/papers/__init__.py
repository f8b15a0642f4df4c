"""The papers that data protection asks for, written from the register: what it cannot know is left as a marked blank."""

from hub.papers.blanks import blanks_in
from hub.papers.writing import Paper, papers

__all__ = ["Paper", "blanks_in", "papers"]
