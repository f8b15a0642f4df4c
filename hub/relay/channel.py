"""What intake and relay have agreed on."""

# PostgreSQL's NOTIFY on this channel says that there is something in the outbox.
CHANNEL = "outbox"
