"""Checks of Regions and of where data is kept."""
