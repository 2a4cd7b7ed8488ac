"""The emulator's page in a real browser: it draws every kind of message, safely, for everyone."""

from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from handlers.emulator.server import make_server
from tests.contract.emulated import Line, emulated

pytestmark = [pytest.mark.browser, pytest.mark.slow]
EVIL = '<img src=x onerror="document.title=`taken`"><script>document.title="taken"</script>'
Json = dict[str, Any]


@pytest.fixture
def line() -> Iterator[Line]:
    with emulated() as running:
        yield running


@pytest.fixture
def address(line: Line) -> Iterator[str]:
    server = make_server(line.client.application, "127.0.0.1", 0)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    """The page on a phone; the test fails on any error or policy violation it reports."""
    opened = chromium.new_page(viewport={"width": 390, "height": 844})
    complaints: list[str] = []
    opened.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    opened.on("pageerror", lambda problem: complaints.append(str(problem)))
    opened.goto(address)
    opened.wait_for_selector("#resident option", state="attached")
    yield opened
    opened.close()
    assert complaints == []


def push(line: Line, *messages: Json, key: str = "r74") -> None:
    body = {"to": line.id_of(key), "messages": list(messages)}
    answer = line.call("POST", "/v2/bot/message/push", body)
    assert answer.status_code == 200, answer.text


def postback(label: str) -> Json:
    return {"type": "postback", "label": label, "data": "d", "displayText": label}


def card(*contents: Json, alt: str = "カード") -> Json:
    body = {"type": "box", "layout": "vertical", "contents": list(contents)}
    return {"type": "flex", "altText": alt, "contents": {"type": "bubble", "body": body}}


def text(words: str, *labels: str) -> Json:
    items = [{"type": "action", "action": postback(label)} for label in labels]
    return {"type": "text", "text": words, **({"quickReply": {"items": items}} if items else {})}


def test_a_resident_types_and_reads_the_answer(line: Line, page: Page) -> None:
    page.fill("#words", "住民票のとりかた")
    page.press("#words", "Enter")
    event = line.listener.wait_for(1)[0].events[0]
    assert event["message"]["text"] == "住民票のとりかた"
    answer = {"replyToken": event["replyToken"], "messages": [text("市民課です。", "はい")]}
    line.call("POST", "/v2/bot/message/reply", answer)
    page.locator("#lines").get_by_text("市民課です。", exact=True).wait_for()
    page.click("#quick >> text=はい")
    assert line.listener.wait_for(2)[1].events[0]["postback"] == {"data": "d"}
    page.wait_for_selector("#quick", state="hidden")


def test_enter_that_ends_a_japanese_conversion_does_not_send(line: Line, page: Page) -> None:
    page.fill("#words", "じゅうみんひょう")
    page.evaluate(
        """document.getElementById('words').dispatchEvent(
             new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true}))"""
    )
    assert page.input_value("#words") == "じゅうみんひょう"
    assert line.listener.heard == []


def test_markup_in_a_message_stays_words(line: Line, page: Page) -> None:
    evil_action = {**postback(EVIL[:20]), "displayText": EVIL}
    confirm = {"type": "confirm", "text": EVIL, "actions": [evil_action, postback("いいえ")]}
    push(
        line,
        text(EVIL, EVIL[:20]),
        card({"type": "text", "text": EVIL, "wrap": True}, alt=EVIL),
        {"type": "template", "altText": EVIL, "template": confirm},
        {"type": "location", "title": EVIL, "address": EVIL, "latitude": 1, "longitude": 1},
        {**text("名乗る人"), "sender": {"name": "<b>人</b>"}},
    )
    line.order("event", resident="r74", event={"message": {"type": "text", "text": EVIL}})
    line.order("event", resident="r74", event={"message": {"type": EVIL, "text": EVIL}})
    line.order("residents", key="evil", name=EVIL[:60])
    page.locator("#lines").get_by_text("名乗る人").wait_for()
    page.wait_for_timeout(800)
    page.reload()
    page.wait_for_selector(".line >> nth=6")
    assert page.title() == "練習用のトーク画面（見本）"
    assert (
        page.evaluate("document.querySelectorAll('#lines script, #lines img[onerror]').length") == 0
    )
    assert page.locator("#lines b", has_text="人").count() == 0


def test_a_link_outside_the_list_is_not_a_link(line: Line, page: Page) -> None:
    """The platform refuses such addresses; the page does not rely on it."""
    line.platform.show(
        line.platform.people.find("r74"),  # type: ignore[arg-type]
        card(
            {
                "type": "button",
                "action": {
                    "type": "uri",
                    "label": "わな",
                    "uri": "javascript:document.title='taken'",
                },
            }
        ),
        sender="account",
        via="push",
    )
    page.click("text=わな")
    page.get_by_text("この宛先は開けません").wait_for()
    assert page.locator("a[href^=javascript]").count() == 0
    assert page.title() == "練習用のトーク画面（見本）"


def test_links_open_apart_and_phone_numbers_offer_a_call(line: Line, page: Page) -> None:
    push(line, text("https://city.example/a か 000-0000-0000 へ"))
    link = page.locator("a[href='https://city.example/a']")
    assert (link.get_attribute("target"), link.get_attribute("rel")) == (
        "_blank",
        "noopener noreferrer",
    )
    page.click("a[href='tel:000-0000-0000']")
    page.get_by_text("電話がかかります").wait_for()


def test_what_the_page_does_not_know_is_a_box_with_its_alt_text(line: Line, page: Page) -> None:
    line.platform.show(
        line.platform.people.find("r74"),  # type: ignore[arg-type]
        {"type": "hologram", "altText": "立体の案内"},
        sender="account",
        via="push",
    )
    box = page.locator(".boxed")
    box.wait_for()
    assert "立体の案内" in box.inner_text()


def test_a_new_message_is_announced_by_its_alt_text(line: Line, page: Page) -> None:
    page.wait_for_timeout(1000)
    push(line, card({"type": "text", "text": "中身"}, alt="住民票は市民課で取れます。"))
    page.locator("#lines").get_by_text("中身").wait_for()
    assert page.inner_text("#spoken").strip() == "住民票は市民課で取れます。"


def test_large_letters_enlarge_words_and_scaling_cards(line: Line, page: Page) -> None:
    scaling = {"type": "text", "text": "大きくなる", "scaling": True}
    push(line, text("文字"), card(scaling, {"type": "text", "text": "そのまま"}))
    page.locator("#lines").get_by_text("そのまま").wait_for()

    def sizes() -> list[str]:
        return [
            page.locator("#lines")
            .get_by_text(words, exact=True)
            .evaluate("n => getComputedStyle(n).fontSize")
            for words in ("文字", "大きくなる", "そのまま")
        ]

    assert sizes() == ["16px", "16px", "16px"]
    page.click("#more")
    page.check("input[name=size][value='3']")
    assert sizes() == ["24px", "24px", "16px"]


def test_a_message_is_taken_back_and_another_is_edited(line: Line, page: Page) -> None:
    said = [line.order("say", resident="r74", text=words) for words in ("一つ目", "二つ目")]
    page.get_by_text("二つ目", exact=True).wait_for()
    page.click(f"[data-id='{said[0]['message_id']}'] .dots")
    page.click("text=取り消す")
    page.get_by_text("メッセージを取り消しました").wait_for()
    page.click(f"[data-id='{said[1]['message_id']}'] .dots")
    page.click(".actions:not([hidden]) >> text=直す")
    page.fill("#edit-value", "三つ目")
    page.click("#edit-dialog button[value=ok]")
    page.get_by_text("三つ目", exact=True).wait_for()
    kinds = sorted(h.events[0]["type"] for h in line.listener.wait_for(4))
    assert kinds == ["message", "message", "messageEdited", "unsend"]


def test_a_date_is_picked_in_the_page(line: Line, page: Page) -> None:
    pick = {"type": "datetimepicker", "label": "日を選ぶ", "data": "day", "mode": "date"}
    message = text("いつですか")
    message["quickReply"] = {"items": [{"type": "action", "action": pick}]}
    push(line, message)
    page.click("text=日を選ぶ")
    page.fill("#date-value", "2026-12-03")
    page.click("#date-dialog button[value=ok]")
    event = line.listener.wait_for(1)[0].events[0]
    assert event["postback"] == {"data": "day", "params": {"date": "2026-12-03"}}


def test_blocking_and_coming_back(line: Line, page: Page) -> None:
    page.click("#more")
    page.click("#block")
    page.get_by_text("ブロックしています").wait_for()
    assert page.is_hidden("#composer")
    page.click("#follow")
    page.wait_for_selector("#composer", state="visible")
    events = [h.events[0] for h in line.listener.wait_for(2)]
    assert {e["type"] for e in events} == {"unfollow", "follow"}


def everything(line: Line) -> None:
    button = {"type": "button", "style": "primary", "action": postback("えらぶ")}
    buttons = {"type": "buttons", "text": "どれですか", "actions": [postback("これ")] * 3}
    line.order("say", resident="r74", text="長い" * 60)
    push(
        line,
        card({"type": "text", "text": "あ" * 80, "wrap": True, "size": "xxl"}, button),
        {
            "type": "flex",
            "altText": "三つ",
            "contents": {"type": "carousel", "contents": [card(button)["contents"]] * 3},
        },
        {"type": "template", "altText": "どれですか", "template": buttons},
        {"type": "sticker", "packageId": "446", "stickerId": "1988"},
        text("https://city.example/" + "a" * 200, "はい", "いいえ", "もっと長い答えの候補です"),
    )


def test_nothing_runs_off_a_narrow_phone(line: Line, page: Page) -> None:
    everything(line)
    page.set_viewport_size({"width": 320, "height": 640})
    page.wait_for_selector("#quick >> text=はい")
    for size in ("1", "3"):
        page.evaluate("s => document.getElementById('phone').dataset.size = s", size)
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        assert page.evaluate("document.getElementById('talk').scrollWidth <= 320")


@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_on_phone_and_desk(line: Line, page: Page, width: int) -> None:
    everything(line)
    page.set_viewport_size({"width": width, "height": 844})
    page.reload()
    page.wait_for_selector("#quick >> text=はい")
    page.click("#more")
    if page.is_hidden("#panel"):
        page.click("#panel-toggle")
    page.wait_for_selector("#log li")
    found = Axe().run(page).response["violations"]
    assert [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found] == []


def test_a_fault_is_ordered_and_seen_in_the_log(line: Line, page: Page) -> None:
    page.click("#panel-toggle")
    page.click("text=わざと失敗させる")
    page.select_option("#fault-kind", "500")
    page.click("#fault-form button")
    page.wait_for_selector("#faults li")
    body = {"to": line.id_of("r74"), "messages": [text("あ")]}
    assert line.call("POST", "/v2/bot/message/push", body).status_code == 500
    page.wait_for_selector("#log >> text=わざと")
    page.wait_for_selector("#faults li", state="detached")
