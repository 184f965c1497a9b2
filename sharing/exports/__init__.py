"""The record of a concern as data for another system.

Which tables and columns there are (tables), reading them (reading), and the forms they take: JSON (as_json),
CSV (as_csv) and FHIR R4 (fhir).
"""
