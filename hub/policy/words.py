"""The rules in words: for the hub's own people, and for the citizen a decision is about."""

_EXPLAINED = {
    "no-agreement": "There is no agreement yet under which this service may be told.",
    "not-started": "The agreement with this service has not started yet.",
    "ended": "The agreement with this service has ended.",
    "no-power": "The agreement with this service cites no power to share yet.",
    "no-impact-assessment": "No impact assessment of telling this service has been signed yet.",
    "not-agreed": "The agreement with this service does not name this.",
    "standing": "This service is told only once the fact is surer: certified, or registered.",
    "prohibited": "This service may not be told this.",
    "protected": "The person is protected, and this service does not handle such cases apart.",
    "citizen-said-no": "The person who told us chose that this service is not told.",
    "not-chosen": "Nobody has said yet whether this service is to be told.",
    "identity": "It is not sure enough yet who told us.",
    "hold-window": "It can still be taken back, and is told once that time is over.",
    "not-due-yet": "It takes effect later, and is told then.",
    "not-confirmed": "The person concerned has not confirmed it yet.",
    "bereavement-in-family": "Somebody near has died: nothing is sent that offers or reminds.",
    "filtered": "This service asked not to be told of this kind of news.",
    "filter-unclear": "It cannot be said whether this service wants to be told: its filter compares what cannot be compared.",
    "nothing-to-tell": "There is nothing in it that this service may be told.",
    "nothing-new": "This service told the hub itself, and there is nothing it did not say.",
    "told-already": "This service has all of it that it may be told already.",
    "no-recipient": "No service of this kind is known for this place.",
    "no-address": "No usual address with a postcode is known.",
    "not-concerned": "This service is not concerned any more.",
    "taken-over": "This service has been taken over by another, which is told.",
    "withdrawn-before": "This service was told before that it is not concerned any more.",
    "overtaken": "A newer version of the case has taken its place.",
    "erased": "What this service was told has been erased.",
    "not-a-postcode": "The address has no British postcode.",
    "unknown-postcode": "The postcode is not known.",
    "not-geographic": "The postcode is one of a company's or of the post's own, and lies nowhere.",
    "northern-ireland": "The address is in Northern Ireland, whose councils the hub does not reach.",
    "crown-dependency": "The address is in a Crown Dependency, whose councils the hub does not reach.",
    "abroad": "The address is abroad.",
    "country-unclear": "It is not clear which country the address is in.",
    "no-district": "The postcode belongs to no council's area.",
    "council-unresolved": "Which council is responsible for the postcode is not known.",
}


def explain(rule: str) -> str:
    """A rule in plain words, for people."""
    return _EXPLAINED.get(rule, f"The rule {rule} decided so.")
