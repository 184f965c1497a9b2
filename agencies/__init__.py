"""Agencies, the people who work in them, their roles, cover and contact points, and signing in."""
