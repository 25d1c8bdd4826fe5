"""The tests of the AWS on this machine."""
