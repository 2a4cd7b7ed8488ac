"""What the operator types: one module a command, each with `run`."""
