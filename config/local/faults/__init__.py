"""What `make faults` does: break things while messages go out, and count what was lost or sent twice.

Everything is real: PostgreSQL, Valkey, gunicorn, Celery's workers and beats, manage.py and a mail server
that speaks TLS. Nothing in the product knows of it; the faults are made from outside.
"""
