"""What a generated molecule is worth."""
