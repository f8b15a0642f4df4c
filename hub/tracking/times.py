"""Times as they are said in this country."""

from datetime import datetime, time

from schemas.days import UK


def day_and_hour(at: datetime) -> str:
    """A day and its hour: `21 November 2026 at 8:40am`."""
    local = at.astimezone(UK)
    hour = local.hour % 12 or 12
    return f"{local.day} {local:%B %Y} at {hour}:{local:%M}{'am' if local.hour < 12 else 'pm'}"


def told_on(at: datetime) -> str:
    """From when on somebody is told: `on 5 December 2026`, with the hour where it is not the day's first."""
    local = at.astimezone(UK)
    return f"on {local.day} {local:%B %Y}" if local.time() == time() else f"on {day_and_hour(at)}"
