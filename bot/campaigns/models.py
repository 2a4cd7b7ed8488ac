"""Tables of announcements: audience, approval, parcels, results."""
