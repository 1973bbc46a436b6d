"""Logging in to IAM Identity Center, and out: in the files that the AWS CLI uses, so that both share one login."""
