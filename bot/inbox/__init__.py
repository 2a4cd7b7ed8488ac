"""Events from LINE: kept before they are acknowledged, worked off once and in order."""
