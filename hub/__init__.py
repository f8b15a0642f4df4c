"""The hub: told once about a change in somebody's life, it tells every service that must know."""
