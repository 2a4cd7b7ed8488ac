"""The pages of 知識, for the console's table of contents."""

from handlers.console import (
    knowledge,
    knowledge_approval,
    knowledge_edit,
    knowledge_export,
    knowledge_import,
    knowledge_past,
    knowledge_words,
)

SECTIONS = (
    knowledge.section,
    knowledge_approval.section,
    knowledge_edit.section,
    knowledge_past.section,
    knowledge_words.section,
    knowledge_import.section,
    knowledge_export.section,
)
