"""What the hub holds about somebody, for them to read (UK GDPR Article 15), with third parties struck out."""

from hub.access.export import Answered, Export, ToldUs
from hub.access.page import as_page
from hub.access.reading import export
from hub.access.striking import THIRD_PARTY, TO_READ, struck

__all__ = ["THIRD_PARTY", "TO_READ", "Answered", "Export", "ToldUs", "as_page", "export", "struck"]
