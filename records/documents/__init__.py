"""Documents of a concern: what is let in, how it is looked through, kept, scanned and given out."""
