"""What the city knows: entries, wordings, procedures, their versions, tables in and out."""
