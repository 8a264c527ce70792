"""Inspections: templates, rounds of questions, and the defects they find."""
