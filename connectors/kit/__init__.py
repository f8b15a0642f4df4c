"""What a recipient needs to take part: a Kafka consumer, a webhook receiver, the check of a signature, and a simulator to try with."""

from connectors.kit.consumer import Consumer, Message
from connectors.kit.memory import Known, Memory
from connectors.kit.signature import Verifier

__all__ = ["Consumer", "Known", "Memory", "Message", "Verifier"]
