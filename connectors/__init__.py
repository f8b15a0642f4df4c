"""The ways a recipient takes deliveries: one folder each, all under `contract.py`."""
