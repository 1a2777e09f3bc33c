"""Reference trainers."""
