"""From a resident's question to ranked entries and a decision; knows neither Flask nor LINE."""
