"""Stands for molsets, which does not import beside a current RDKit."""
