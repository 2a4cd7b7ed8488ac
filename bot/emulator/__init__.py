"""A LINE platform's rules for the demo and the tests: tokens, retry keys, limits, faults, webhooks.

Plain Python without a web framework; `handlers.emulator` gives it its HTTP address and its page.
Nothing here is shared with `bot.line`: the product's limits and these check one another.
"""
