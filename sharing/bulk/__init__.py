"""A large partnership, invented and made quickly, to see how the service behaves at somebody's own size.

A few concerns are told through the operations that the pages call (tales.py). Then every row that they left
is copied as often as is asked for, in sets, with other people, agencies, words and times (patterns.py,
copies.py), and the record is sealed as its triggers would have sealed it (sealing.py). docs/scale.md says
what was measured on it.
"""
