"""The AWS on this machine: its server process, what it is filled with, the environment it gives."""
