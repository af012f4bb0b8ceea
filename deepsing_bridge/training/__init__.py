"""Makes each weight file in `models/` again, from data."""
