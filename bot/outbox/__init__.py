"""Messages to LINE: kept with the decision that made them, tracked to their end."""
