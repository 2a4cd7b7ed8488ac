"""Announcements: audience, approval, parcels, results."""
