"""A concern as a FHIR R4 bundle. It is a form to give away, not how the record is kept.

What FHIR has no place for (who restated what, and what the speaker answered) goes as Communication in
answer to Communication.
"""
