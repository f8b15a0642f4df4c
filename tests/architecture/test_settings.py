"""Whoever sets the hub up finds what each setting is for."""

from hub.settings import Settings


def test_each_setting_says_what_it_is_for() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
