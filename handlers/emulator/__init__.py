"""The LINE emulator's doors: LINE's HTTP API, the control API and the phone-sized page.

`python -m handlers.emulator` starts it as a program of its own (see `handlers.emulator.control`
for the control API that tests and the page drive it with).
"""
