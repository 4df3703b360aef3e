"""What the plugin does while it is active: items, gathering, terminal, report, fixtures."""
