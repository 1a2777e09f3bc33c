"""Graphs of whole data sets: built in parallel, kept on disk, mapped into memory."""
