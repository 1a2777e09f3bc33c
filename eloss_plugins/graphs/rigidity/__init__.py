"""Tests of any graph: does it bend, is it unique, how stiff is it."""
