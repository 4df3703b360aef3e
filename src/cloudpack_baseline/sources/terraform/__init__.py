"""Plans of Terraform and OpenTofu, as a source of the same records as a live account."""
