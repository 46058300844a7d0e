# Everything a contributor runs. Each target sets itself up, so that any of them works in a fresh clone.

.DEFAULT_GOAL := help
.PHONY: help install build demo test agreement soak matrix languages recording lint generate bench package clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: node_modules/.package-lock.json ## install what the project needs, Node included

# npm writes this file last, so it is there only when the installation is whole.
node_modules/.package-lock.json: package-lock.json
	npm ci --loglevel=error
	@touch $@

build: install ## compile into dist/
	@npm run --silent build

demo: build ## a data room from nothing to gone, on a local Fast.io
	@npm run --silent demo

test: install ## all tests, then one line with the counts
	@npm test --silent

agreement: export AGREEMENT = all
agreement: build ## every recorded program on every engine, the Pulumi CLI included
	@npm exec -- jest tests/agreement

soak: build ## everything that can go wrong, much longer than in the tests; writes docs/reliability.md
	@npm run --silent soak

matrix: export MATRIX = all
matrix: build ## every kind through both front-ends on every engine, the Pulumi CLI included
	@npm exec -- jest tests/lifecycle

languages: build ## programs in YAML, Python and Go on the Pulumi CLI; fetches their SDKs
	@npm run --silent languages

recording: build ## what this version writes, into tests/releases/, for all later ones to meet; once, before it is released
	@npm exec -- tsx tests/releases/record.ts

lint: install ## formatting, lint rules and types
	@npm run --silent lint

generate: install ## schema.json, the SDK classes and the reference from the definitions
	@npm run --silent generate

bench: build ## measure, and write bench/results.json and bench/RESULTS.md; ONLY="load upload" repeats those alone
	@npm run --silent bench -- $(ONLY)

package: build ## what is published, into artifacts/: the npm package, and the plugin for each platform
	@npm run --silent package

clean: ## remove what was built and installed
	rm -rf dist node_modules coverage artifacts
