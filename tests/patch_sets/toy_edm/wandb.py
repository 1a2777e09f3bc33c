"""Stands for the logger; prints."""


def log(values):
    print("logged", values)
