"""The pages every kind shares: its list with filters, its form, its plain detail."""
