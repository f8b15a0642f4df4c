"""Which services councils run, by kind of council, and what each is told of each kind of event: `catalogue.yaml`, read."""

from functools import cache
from pathlib import Path as File

import yaml
from pydantic import Field

from hub.places import CouncilKind
from hub.recipients.entries import Entry, Path, Slug, Text

_FILE = File(__file__).parent / "catalogue.yaml"


class CouncilService(Entry):
    """A service as councils run it."""

    service: Slug
    name: Text
    run_by: tuple[CouncilKind, ...]
    answers_within: Text
    fields: dict[str, tuple[Path, ...]] = Field(description="by kind of event, what it is told beside the base")
    note: Text | None = None
    elsewhere: dict[CouncilKind, Text] = Field(default_factory=dict, description="by kind of council, whose it is there")


class Catalogue(Entry):
    """All of them. `base` is what every service is told of a kind."""

    base: dict[str, tuple[Path, ...]]
    services: tuple[CouncilService, ...]

    def run_by(self, kind: CouncilKind) -> list[CouncilService]:
        return [one for one in self.services if kind in one.run_by]

    def elsewhere(self, kind: CouncilKind) -> list[CouncilService]:
        return [one for one in self.services if kind in one.elsewhere]

    def fields(self, service: CouncilService, kind: str) -> list[str]:
        """What `service` is told of an event of `kind`."""
        return sorted({*self.base[kind], *service.fields[kind]})


@cache
def catalogue() -> Catalogue:
    """As shipped."""
    return Catalogue.model_validate(yaml.safe_load(_FILE.read_text()))
