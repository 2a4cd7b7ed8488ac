"""The only place that speaks to LINE and reads what LINE sends."""
