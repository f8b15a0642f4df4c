"""Who runs the hub, as its papers name it."""

from dataclasses import dataclass

from hub.papers.blanks import blank


@dataclass(frozen=True, slots=True)
class Named:
    """The controller and whom to write to; a blank where the register does not say."""

    name: str
    address: str
    officer: str
    ico: str
    contact: str


def controller() -> Named:
    """As far as it is known."""
    return Named(
        blank("the controller's name"),
        blank("its address"),
        blank("its data protection officer, with telephone and e-mail"),
        blank("its registration with the Information Commissioner"),
        blank("the named contact for somebody wrongly recorded as dead"),
    )
