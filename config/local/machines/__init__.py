"""What `make machines` does: the service as on many machines, on this one, with some of them killed.

Two web servers behind a balancer, two workers, a beat, PgBouncer in transaction mode, a primary and a
standby that streams from it. Everything is real and has ports of its own; nothing in the product knows of it.
"""
