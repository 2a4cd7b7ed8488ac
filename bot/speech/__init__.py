"""Outcomes and words become LINE messages here, for chat, pushes and previews alike."""
