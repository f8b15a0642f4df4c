"""A simulated recipient that collects from its own topic: the kit's consumer in a thread, with a witness."""

import asyncio
import threading
import time
import traceback
from concurrent.futures import CancelledError

from kafka.errors import KafkaError

from connectors.kit.consumer import Consumer, Message
from connectors.kit.simulator.behaviour import Behaviour, Wire
from connectors.kit.simulator.witness import Witness
from schemas.acknowledgement import Answer

_AGAIN = 1.0  # seconds before it begins anew where the broker is away


class TopicRecipient:
    """Starts at once. Down means that it does not collect; slow, that it takes `seconds` for each."""

    def __init__(self, name: str, bootstrap: str, group: str, behaviour: Behaviour, witness: Witness) -> None:
        self.name = name
        self.behaviour = behaviour
        self._bootstrap = bootstrap
        self._group = group
        self._witness = witness
        self._loop = asyncio.get_running_loop()
        self._ended = threading.Event()
        self._consumer: Consumer | None = None
        self._thread = threading.Thread(target=self._work, name=f"collect-{name}", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str | None:
        """Nobody sends to it."""
        return None

    async def behave(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour

    async def close(self) -> None:
        self._ended.set()
        if self._consumer is not None:
            self._consumer.stop()
        await asyncio.to_thread(self._thread.join, 15)

    def _work(self) -> None:
        while not self._ended.is_set():
            try:
                self._collect()
            except (KafkaError, CancelledError):
                pass
            except Exception:
                # A thread that ends says nothing to anybody: a back office whose job died would be started again.
                traceback.print_exc()
            self._ended.wait(_AGAIN)

    def _collect(self) -> None:
        with Consumer(self._bootstrap, self.name, self._group) as consumer:
            self._consumer = consumer
            for message in consumer:
                if self._ended.is_set():
                    break
                self._take(message)

    def _take(self, message: Message) -> None:
        while self.behaviour.wire is Wire.DOWN and not self._ended.wait(0.05):
            pass
        behaviour = self.behaviour
        event, wire = dict(message.event), behaviour.wire.value
        noted = asyncio.run_coroutine_threadsafe(self._note(event, wire), self._loop)
        noted.result(timeout=10)
        self._ended.wait(behaviour.seconds if behaviour.wire is Wire.SLOW else 0)
        if message.is_stale:
            return
        if behaviour.answer is not None:
            self._ended.wait(behaviour.answer_after)
        match behaviour.answer:
            case Answer.APPLIED:
                message.applied()
            case Answer.NO_RECORD:
                message.no_record()
            case Answer.REJECTED:
                message.rejected(behaviour.reason or "")
            case Answer.NEEDS_INFORMATION:
                message.needs_information(behaviour.reason or "")
            case _:
                message.received()

    async def _note(self, event: dict[str, object], wire: str) -> None:
        self._witness.note(time.time(), self.name, event, batch=None, signed=False, wire=wire)
