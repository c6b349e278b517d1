"""Two letters for demonstrations, with their gold: ``letter-typed.pdf`` and ``letter-scan.pdf``."""
