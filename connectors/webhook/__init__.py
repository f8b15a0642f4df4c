"""Webhooks: CloudEvents over HTTP with a Standard Webhooks signature, singly or in batches answered item by item."""

from connectors.webhook.connector import WebhookConnector

__all__ = ["WebhookConnector"]
