"""What `make demo`, `make test` and `make psql` do: run the servers and processes on this machine.

PostgreSQL and Valkey come from wheels in the virtual environment and keep their data under .local.
Nothing here runs in production, and nothing here reads Django's settings: it makes their environment.
"""
