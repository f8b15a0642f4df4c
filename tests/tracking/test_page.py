"""What the page of a case shows, and to whom."""

from hub.privacy import case_context
from schemas import Notice, State
from tests.tracking.desk import Desk, allow


async def test_a_bare_reference_shows_only_that_it_was_received(desk: Desk) -> None:
    await desk.delivery("stevenage.council-tax", State.APPLIED)
    await desk.plan(allow("stevenage.council-tax"))
    bare = await desk.api.get(f"/status/{desk.reference}")
    assert bare.status_code == 200
    assert "We have received your notification" in bare.text
    assert "Stevenage" not in bare.text
    link = desk.blind.sign_link(desk.reference)
    forged = link[:-1] + ("A" if link[-1] != "A" else "B")
    assert (await desk.api.get(f"/status/{forged}")).status_code == 404


async def test_the_signed_link_shows_the_page_in_plain_words_and_nothing_is_fetched(desk: Desk) -> None:
    await desk.delivery("stevenage.council-tax", State.APPLIED)
    await desk.delivery("stevenage.housing", State.FAILED)
    held = {"recipient": "stevenage.waste", "decision": "held", "rule": "no-power"}
    await desk.plan(allow("stevenage.council-tax"), allow("stevenage.housing"), held)
    page = await desk.page()
    assert "If you deal with this service, you may wish to tell them yourself." in page
    assert "Has received it and updated its records." in page
    assert "We could not reach them. Somebody here is looking into it." in page
    for machine_word in ("failed", "withheld", "delivery", "agreement", "power", "<script", "src="):
        assert machine_word not in page, machine_word


async def test_the_page_says_to_browsers_that_the_link_is_a_key(desk: Desk) -> None:
    response = await desk.api.get(f"/status/{desk.blind.sign_link(desk.reference)}")
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in response.headers["content-security-policy"]


async def test_a_case_retracted_names_one_person_to_speak_to_for_tellers_and_on_its_page(desk: Desk) -> None:
    retraction = await desk.delivery("stevenage.council-tax", State.ACCEPTED)
    await desk.plan(allow("stevenage.council-tax"))
    assert (await desk.told()).json()["contact"] is None
    assert "If this is about you" not in await desk.page()
    await desk.ledger.run("UPDATE delivery SET notice = 4 WHERE id = %s", retraction)
    await desk.ledger.run("UPDATE cases SET fact = 3 WHERE id = %s", desk.case_id)
    assert (await desk.told()).json()["contact"] == {"name": "Jo Sample", "telephone": "01632 960001", "email": "jo@hub.example.org"}
    page = await desk.page()
    assert "This was recorded in error: what we were told is not so." in page
    assert "Jo Sample" in page
    assert 'href="tel:01632960001"' in page
    assert "died" not in page


async def test_a_case_that_stands_again_says_so_of_who_was_told_that_it_did_not(desk: Desk) -> None:
    first = await desk.delivery("stevenage.council-tax", State.ACCEPTED)
    await desk.ledger.run("UPDATE delivery SET notice = 3 WHERE id = %s", first)
    at = await desk.ledger.version(desk.case_id, 2)
    lane = await desk.ledger.one("SELECT lane FROM delivery WHERE id = %s", first)
    again = await desk.ledger.delivery(desk.case_id, 2, at, lane, "stevenage.council-tax", Notice.CORRECTED)
    await desk.ledger.stands(again, State.ACCEPTED)
    await desk.plan(allow("stevenage.council-tax"))
    [one] = (await desk.told()).json()["deliveries"]
    assert (one["notice"], one["restored"]) == ("corrected", True)
    assert "We have told them that it stands after all." in await desk.page()


async def test_what_waits_for_its_day_says_which_to_tellers_and_on_the_page(desk: Desk) -> None:
    await desk.plan({"recipient": "stevenage.waste", "decision": "held", "rule": "not-due-yet", "until": "2027-12-05T00:00:00+00:00"})
    [one] = (await desk.told()).json()["notTold"]
    assert one["until"] == "2027-12-05T00:00:00Z"
    page = await desk.page()
    assert "We will tell them on 5 December 2027." in page
    assert "working out which services need to know" not in page


async def test_a_service_that_nobody_runs_goes_by_its_own_name(desk: Desk) -> None:
    await desk.plan({"recipient": "council.childrens-services", "decision": "unroutable", "rule": "unknown-postcode", "side": "arrives"})
    [one] = (await desk.told()).json()["notTold"]
    assert (one["service"], one["side"]) == ("Children's services, education and free school meals", "arrives")
    assert "Council of the new address" in await desk.page()


async def test_where_another_teller_wished_protection_neither_status_nor_disclosures_nor_page_say_who_is_told(desk: Desk) -> None:
    council = await desk.delivery("stevenage.council-tax", State.ACCEPTED)
    await desk.plan({**allow("stevenage.council-tax"), "delivery": str(council)})
    await desk.ledger.version(desk.case_id, 2)
    [key] = await desk.ledger.keys.fresh(1)
    wish = key.seal(b'{"source":"x","id":"2","data":{"protected":true}}', case_context(desk.case_id, 2))
    await desk.ledger.run("UPDATE case_version SET client = 'hers', data_key = %s, sealed = %s WHERE version = 2", key.id, wish)
    path = f"/v1/cases/{desk.reference}/disclosures"
    disclosed = await desk.api.get(path, headers={"authorization": "registrar"})
    assert (disclosed.json()["recipientsShown"], disclosed.json()["disclosures"]) == (False, [])
    assert "Everybody who must know is told." in await desk.page()
    for text in ((await desk.told()).text, disclosed.text, await desk.page()):
        assert not any(word in text.lower() for word in ("stevenage", "protect"))
