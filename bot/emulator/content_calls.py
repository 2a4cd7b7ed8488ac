"""The content endpoints: what residents sent in, once it is prepared."""

from bot.emulator.calls import NOT_FOUND, Answer, Call, refuse
from bot.emulator.platform import Platform


def content(platform: Platform, call: Call, message_id: str) -> Answer:
    """202 while it is prepared, 410 once it was taken back, 404 for what never was."""
    found = platform.contents.find(message_id)
    if found is None:
        if platform.contents.is_gone(message_id):
            return refuse(410, "Gone")
        return NOT_FOUND
    if call.now < found.ready:
        return Answer(202, b"", "not yet prepared")
    return Answer(200, found.data, headers={"Content-Type": found.media_type})


def transcoding(platform: Platform, call: Call, message_id: str) -> Answer:
    found = platform.contents.find(message_id)
    if found is None:
        return NOT_FOUND
    return Answer(200, {"status": "succeeded" if call.now >= found.ready else "processing"})
