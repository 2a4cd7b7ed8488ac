"""The conversation: one event comes in, one decision is made, one reply goes out."""
