"""The hub under load while everything under it is killed, frozen, deleted or answers wrongly; the recipients are the witness."""
