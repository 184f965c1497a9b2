"""What waits, for whom and until when: read from the record, counted in working time, said on pages."""
