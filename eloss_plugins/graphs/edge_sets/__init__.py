"""Edge sets from graphs of the molecules: fixed, drawn anew in each step, random regular."""
