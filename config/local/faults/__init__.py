"""What `make faults` does: break things while people work, and count what was lost, sent twice or let in.

Everything is real: PostgreSQL, Valkey, gunicorn, Celery's workers and beats, manage.py and a mail server
that speaks TLS. Nothing in the product knows of it; the faults are made from outside.
"""
