"""Checks of monitoring and the retention of logs."""
