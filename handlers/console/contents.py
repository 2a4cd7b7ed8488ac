"""The console's table of contents: its topics, in the order of the navigation."""

from handlers.console import (
    account,
    assets,
    audit_trail,
    conversations_doing,
    counter,
    door,
    knowledge_pages,
    log,
    log_export,
    people,
    rates,
    rates_most,
    review_pages,
    set_up,
    staying,
    today,
)

SECTIONS = (
    today.section,
    conversations_doing.section,
    counter.section,
    *review_pages.SECTIONS,
    *knowledge_pages.SECTIONS,
    log.section,
    rates.section,
    rates_most.section,
    log_export.section,
    people.section,
    audit_trail.section,
    account.section,
    door.section,
    set_up.section,
    staying.section,
    assets.section,
)
