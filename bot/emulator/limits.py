"""LINE's published limits in one table, apart from the product's own: each checks the other.

Source: the Messaging API reference of developers.line.biz and LINE's OpenAPI description.
Text is counted in UTF-16 units, labels and template texts in grapheme clusters.
"""

from typing import Final

# --- A call -------------------------------------------------------------------------------------
MESSAGES_PER_CALL: Final = 5
BODY_BYTES: Final = 2 * 1024 * 1024
MULTICAST_RECIPIENTS: Final = 500
AGGREGATION_UNITS_PER_CALL: Final = 1
AGGREGATION_UNIT_PATTERN: Final = r"[A-Za-z0-9_]{1,30}"
REPLY_TOKEN_SECONDS: Final = 60
RETRY_KEY_HOURS: Final = 24
NARROWCAST_LEAST_REACH: Final = 100
LOADING_SECONDS: Final = range(5, 61, 5)
LOADING_SECONDS_WHEN_UNSAID: Final = 20

# --- Rate limits: endpoint -> (calls, seconds); everything else OTHER ---------------------------
HOUR: Final = 3600
RATES: Final[dict[str, tuple[int, int]]] = {
    "narrowcast": (60, HOUR),
    "broadcast": (60, HOUR),
    "insight": (60, HOUR),
    "webhook/test": (60, HOUR),
    "delivery": (60, HOUR),
    "webhook/endpoint": (1000, 60),
    "richmenu/create": (100, HOUR),
    "richmenu/delete": (100, HOUR),
    "richmenu/alias/delete": (100, HOUR),
    "multicast": (200, 1),
    "loading": (100, 1),
}
RATE_OTHER: Final = (2000, 1)

# --- Messages -----------------------------------------------------------------------------------
TEXT_UNITS: Final = 5000
TEXT_EMOJI: Final = 20
TEXT_SUBSTITUTIONS: Final = 100
ALT_TEXT_UNITS: Final = 1500
URL_CHARACTERS: Final = 2000
SENDER_NAME: Final = 20
LOCATION_TITLE: Final = 100
LOCATION_ADDRESS: Final = 100
QUICK_REPLY_ITEMS: Final = 13
COUPON_DELIVERY_TAG: Final = 30
SUBSTITUTION_KEY_PATTERN: Final = r"[0-9a-zA-Z_]{1,20}"
TRACKING_ID_PATTERN: Final = r"[-a-zA-Z0-9.=,+*()%$&;:@{}!?<>\[\]]{1,100}"

# --- Actions ------------------------------------------------------------------------------------
LABEL: Final = 20
LABEL_IMAGE_CAROUSEL: Final = 12
LABEL_FLEX: Final = 40
LABEL_IMAGEMAP: Final = 100
POSTBACK_DATA: Final = 300
POSTBACK_TEXT: Final = 300
MESSAGE_ACTION_TEXT: Final = 300
MESSAGE_IMAGEMAP_TEXT: Final = 400
FILL_IN_TEXT: Final = 300
URI: Final = 1000
CLIPBOARD: Final = 1000
URI_SCHEMES: Final = frozenset({"http", "https", "line", "tel"})
RICH_MENU_ALIAS: Final = 32
RICH_MENU_ALIAS_PATTERN: Final = r"[a-z0-9_-]{1,32}"

# --- Templates ----------------------------------------------------------------------------------
BUTTONS_TITLE: Final = 40
BUTTONS_TEXT: Final = 160
BUTTONS_TEXT_WITH_TITLE_OR_IMAGE: Final = 60
BUTTONS_ACTIONS: Final = 4
CONFIRM_TEXT: Final = 240
CONFIRM_ACTIONS: Final = 2
CAROUSEL_COLUMNS: Final = 10
CAROUSEL_TITLE: Final = 40
CAROUSEL_TEXT: Final = 120
CAROUSEL_TEXT_WITH_TITLE_OR_IMAGE: Final = 60
CAROUSEL_ACTIONS: Final = 3
IMAGE_CAROUSEL_COLUMNS: Final = 10
IMAGEMAP_ACTIONS: Final = 50
IMAGEMAP_WIDTH: Final = 1040
IMAGEMAP_VIDEO_LABEL: Final = 30

# --- Flex ---------------------------------------------------------------------------------------
BUBBLE_BYTES: Final = 30 * 1024
CAROUSEL_BYTES: Final = 50 * 1024
CAROUSEL_BUBBLES: Final = 12

# --- Rich menus ---------------------------------------------------------------------------------
RICH_MENU_WIDTH: Final = range(800, 2501)
RICH_MENU_LEAST_HEIGHT: Final = 250
RICH_MENU_LEAST_RATIO: Final = 1.45
RICH_MENU_AREAS: Final = 20
RICH_MENU_NAME: Final = 300
RICH_MENU_CHAT_BAR: Final = 14
RICH_MENU_IMAGE_BYTES: Final = 1024 * 1024
RICH_MENUS_PER_ACCOUNT: Final = 1000
RICH_MENU_ALIASES_PER_ACCOUNT: Final = 1000
RICH_MENU_BULK_USERS: Final = 500

# --- The webhook --------------------------------------------------------------------------------
WEBHOOK_URL: Final = 500
WEBHOOK_ANSWER_SECONDS: Final = 2.0
