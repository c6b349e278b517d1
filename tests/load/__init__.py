"""Load and kill tests of the service, as commands: ``python -m tests.load.throughput``, ``python -m tests.load.kill``."""
