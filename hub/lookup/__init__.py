"""What is known of a postcode on a day: its councils and how they came to be, and which services would be asked there."""

from hub.lookup.answer import PlaceAnswer
from hub.lookup.looking import look_up

__all__ = ["PlaceAnswer", "look_up"]
