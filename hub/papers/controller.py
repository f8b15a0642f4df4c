"""Who runs the hub, as its papers name it."""

from dataclasses import dataclass

from hub.papers.blanks import blank
from hub.recipients import Register


@dataclass(frozen=True, slots=True)
class Named:
    """The controller and whom to write to; a blank where the register does not say."""

    name: str
    address: str
    officer: str
    ico: str
    contact: str


def controller_of(register: Register) -> Named:
    """As far as the register knows."""
    said = register.controller
    if said is None:
        return Named(
            blank("the controller's name"),
            blank("its address"),
            blank("its data protection officer, with telephone and e-mail"),
            blank("its registration with the Information Commissioner"),
            blank("the named contact for somebody wrongly recorded as dead"),
        )
    officer, contact = (f"{one.name}, {one.telephone}, {one.email}" for one in (said.data_protection_officer, said.contact))
    return Named(said.name, ", ".join(said.address), officer, said.ico_registration, contact)
