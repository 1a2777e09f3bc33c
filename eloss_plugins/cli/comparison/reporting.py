"""The comparison as a report, as JSON and on the terminal."""
