"""What was asked, what came of it, and what still waits for an answer."""
