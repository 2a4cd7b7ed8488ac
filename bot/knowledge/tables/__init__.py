"""Tables that staff bring and take away: CSV and XLSX files in, CSV and XLSX files out."""
