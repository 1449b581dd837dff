# The same verbs as the scripts; `make help` says them.
.PHONY: help demo drill test test-full build images tool-archive check-deploy bench format clean

help: ## say this
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile

demo: ## back up bricks, etcd, Kubernetes and the provisioner's files, destroy them all, restore and compare, on real components
	./demo

test: ## what is tested on every change
	./test

test-full: ## the same, and what takes long: each version of etcd, clusters of five
	./test --full

drill: ## lose a brick, a server, everything; bring each back as docs/operations says; how long each took
	deploy/local/drill.sh

build: ## services and the command line, without tests; cli/target/clusterbackup/bin/clusterbackup
	deploy/local/build.sh

images: ## images of the services and of the tool, in target/images; BASE, REGISTRY
	deploy/images/build.sh

check-deploy: ## what is wrong with an overlay, without a cluster; OVERLAY
	deploy/check.sh $(or $(OVERLAY),deploy/overlays/try)

tool-archive: ## the command line with its own Java runtime, for a machine without one
	deploy/images/tool-archive.sh

bench: ## ours and what one would run instead, on the same brick, etcd and API server
	deploy/local/bench.sh
	deploy/local/bench-etcd.sh
	deploy/local/bench-kubernetes.sh

format: ## lay out the sources
	. deploy/local/env.sh && mvn -q -B -ntp spotless:apply

clean: ## remove what was built here
	rm -rf target */target
