"""A bare Django site to compare with: usual middleware, session in the database, somebody signed in, a base
template, one query. It is never part of the service.
"""
