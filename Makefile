# One command for each thing a person does first. Each does all the set-up it needs (.ci/setup says what it installs).
PY := .venv/bin/python

.PHONY: demo test check serve train evaluate setup clean

demo: ## read the two sample letters, typed and scanned, and show them as tables
	@.ci/setup
	@.venv/bin/congvan extract --table corpus/samples/letter-typed.pdf corpus/samples/letter-scan.pdf

test: ## run the tests
	@.ci/setup dev
	@$(PY) -m pytest

check: ## lint and types
	@.ci/setup dev
	@$(PY) -m ruff check models service corpus training tests
	@$(PY) -m mypy

serve: ## the page and the HTTP API on http://127.0.0.1:8000, for this machine alone and therefore without API keys
	@.ci/setup
	@.venv/bin/congvan serve --no-auth

train: ## train all that is shipped, from the corpus (minutes; docs in training/train_all.py)
	@.ci/setup dev
	@$(PY) -m training.train_all

evaluate: ## measure on the corpus's test letters, and on FOLDER=… of gold letters; results in training/results
	@.ci/setup dev
	@$(PY) -m training.evaluate_all --errors $(if $(FOLDER),--folder $(FOLDER))

setup:
	@.ci/setup dev

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
