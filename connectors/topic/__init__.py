"""Topics: each recipient that runs a Kafka consumer of its own collects its events from `recipient.<id>`."""

from connectors.topic.connector import TopicConnector

__all__ = ["TopicConnector"]
