"""Faust runs with the settings under which it keeps its promises."""

import pytest

from hub.settings import Settings
from hub.streams import ConcurrencyRefused, make_app


def test_an_agent_with_concurrency_is_refused() -> None:
    app = make_app(Settings(), "plan", "0a1b")
    with pytest.raises(ConcurrencyRefused):
        app.agent(app.topic("life-events"), concurrency=2)


def test_a_killed_worker_is_back_soon_and_a_waiting_one_is_not_taken_for_dead() -> None:
    conf = make_app(Settings(worker="7"), "plan", "0a1b").conf
    assert (conf.broker_session_timeout, conf.broker_heartbeat_interval) == (6.0, 2.0)
    assert conf.consumer_group_instance_id == "plan-7"
    assert conf.broker_max_poll_interval >= 24 * 3600


def test_nothing_is_kept_made_or_served_by_faust_itself() -> None:
    app = make_app(Settings(), "plan", "0a1b")
    assert not app.conf.web_enabled
    assert not app.conf.topic_allow_declare
    assert app.conf.topic_disable_leader
    assert not app.boot_strategy.enable_kafka_producer
    assert app.conf.consumer_auto_offset_reset == "earliest"
