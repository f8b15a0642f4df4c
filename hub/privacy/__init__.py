"""What keeps people out of the hub's rows, topics and links: sealing, the key store's keys, keyed hashes, signed links."""

from hub.privacy.blind import Blind
from hub.privacy.erasure import Erasure, erase, finish_erasures, must_be_erased, replay_erasures
from hub.privacy.keys import KEY_CACHE_SECONDS, Keys
from hub.privacy.reach import Remains
from hub.privacy.sealing import DataKey, SealBroken, WrongMasterKey, case_context, data_context, key_id_of

__all__ = [
    "KEY_CACHE_SECONDS",
    "Blind",
    "DataKey",
    "Erasure",
    "Keys",
    "Remains",
    "SealBroken",
    "WrongMasterKey",
    "case_context",
    "data_context",
    "erase",
    "finish_erasures",
    "key_id_of",
    "must_be_erased",
    "replay_erasures",
]
