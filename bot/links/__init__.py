"""One-time links to residents' own pages, and the short visits they open."""
