"""References can be read out, typed and checked."""

from hypothesis import given
from hypothesis import strategies as st

from hub.cases import group_reference, new_reference, parse_reference
from hub.cases.reference import ALPHABET

references = st.builds(new_reference)


@given(references)
def test_a_reference_is_read_back_however_it_is_typed(reference: str) -> None:
    grouped = group_reference(reference)
    assert [len(group) for group in grouped.split()] == [4, 4, 4]
    for typed in (reference, grouped, grouped.lower(), grouped.replace(" ", "-")):
        assert parse_reference(typed) == reference


@given(references, st.integers(0, 11), st.sampled_from(ALPHABET))
def test_one_character_misread_is_noticed(reference: str, at: int, other: str) -> None:
    misread = reference[:at] + other + reference[at + 1 :]
    assert (parse_reference(misread) is None) == (misread != reference)


@given(references, st.integers(0, 10), st.integers(0, 10))
def test_two_characters_exchanged_are_noticed(reference: str, one: int, two: int) -> None:
    letters = list(reference)
    letters[one], letters[two] = letters[two], letters[one]
    exchanged = "".join(letters)
    assert (parse_reference(exchanged) is None) == (exchanged != reference)


@given(st.text(max_size=60))
def test_any_text_is_a_reference_or_not_and_nothing_else(typed: str) -> None:
    assert parse_reference(typed) in (None, typed.translate(str.maketrans("", "", " -\u00a0")).upper())


def test_no_character_looks_like_another_and_none_is_a_vowel() -> None:
    assert not {"O", "0", "1", "I", "L", "S", "B", "Z", "U", "V", "A", "E"} & set(ALPHABET)
