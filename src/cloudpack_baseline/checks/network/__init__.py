"""Checks of network segmentation and the paths of packets."""
