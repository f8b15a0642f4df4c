"""What a loop over the databases and Kafka meets when one of them is away."""

from aiokafka.errors import KafkaError
from kafka.errors import KafkaError as AdminError

from hub.store import LEDGER_AWAY

# Whoever catches these begins its loop anew: nothing of what it did halfway may count.
AWAY = (*LEDGER_AWAY, KafkaError, AdminError, OSError)
