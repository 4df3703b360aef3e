"""CloudFormation templates as a source: parsed, resolved, and asked like an account."""
