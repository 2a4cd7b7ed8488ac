"""Staff: accounts, two-factor sign-in, sessions that can be ended, and the audit trail."""
