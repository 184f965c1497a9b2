"""Pairs of acts of which one wins and one is told: for each, how many messages the winner queues."""
