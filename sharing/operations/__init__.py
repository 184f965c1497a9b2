"""Every write of sharing: one verb a function. Lock, check, change, audit, message, return."""
