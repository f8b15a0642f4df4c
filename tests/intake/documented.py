"""The examples of docs/adapters.md: what a partner copies from there is what the tests send."""

import re
from pathlib import Path

_DOCUMENT = Path(__file__).parents[2] / "docs" / "adapters.md"


def example(heading: str, language: str) -> str:
    """The first block in a language under a heading."""
    _, _, below = _DOCUMENT.read_text("utf-8").partition(f"\n## {heading}\n")
    found = re.search(rf"```{language}\n(.*?)```", below.partition("\n## ")[0], re.DOTALL)
    assert found is not None, heading
    return found[1]
