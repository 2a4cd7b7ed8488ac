"""What the program tells staff by itself: the week's digest, and that something waits too long."""
