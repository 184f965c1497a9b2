"""What the person said about sharing, and the sharing decision with its lawful basis."""
