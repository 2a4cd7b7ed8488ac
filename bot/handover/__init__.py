"""Conversations that a person takes over from the desk."""
