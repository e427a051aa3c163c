"""Alarms: who hears of what should not happen, in any account and region."""
