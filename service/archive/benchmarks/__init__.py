"""Measurements of the archive, each a command: search (quality, speed) and bulk runs (kills, rate)."""
