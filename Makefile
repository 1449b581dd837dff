# The same verbs as the scripts; `make help` says them.
.PHONY: help demo test build bench format clean

help: ## say this
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile

demo: ## back up, destroy and restore a brick, on real components
	./demo

test: ## everything that is tested
	./test

build: ## services and the command line, without tests; cli/target/clusterbackup/bin/clusterbackup
	deploy/local/build.sh

bench: ## ours and what one would run instead, on the same brick
	deploy/local/bench.sh

format: ## lay out the sources
	. deploy/local/env.sh && mvn -q -B -ntp spotless:apply

clean: ## remove what was built here
	rm -rf target */target
