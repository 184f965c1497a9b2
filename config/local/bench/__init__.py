"""`make bench`: how fast the service is at three sizes, beside a bare Django site on the same machine.

Absolute times say as much about the machine as about the service. So each request is followed by the same
kind of request to a bare site, by a bare commit and by `SELECT 1`, and what counts is how many times longer.
"""
