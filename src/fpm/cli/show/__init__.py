"""Results as rich tables for a person at a terminal; no computing happens here."""
