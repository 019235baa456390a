# People and .ci/run type the same words.
.PHONY: help check test short fips race chaos matrix fuzz golden build release synth bench

FUZZTIME ?= 60s
SEEDS ?= 1000
FIRST ?= 1

help: ## print this
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

check: ## formatting, vet, tidiness, linters, known vulnerabilities
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo 'not formatted:'; gofmt -l $$(git ls-files '*.go'); exit 1; }
	go vet ./...
	go mod tidy -diff
	go tool -modfile=tools/go.mod staticcheck ./...
	go tool -modfile=tools/go.mod exhaustive -typeignore '(jsontext|reflect)\.Kind$$|logfile\.member$$' ./...
	go tool -modfile=tools/go.mod go-errorlint ./...
	./tools/govulncheck

test: ## the README's tests; says at the end what was skipped
	go test ./...
	@./tools/independent

short: ## the tests that start no other programs: seconds, while you work
	go test -short ./...

fips: ## the same, where nothing but approved cryptography runs
	GODEBUG=fips140=only go test ./...

race: ## the same under the race detector
	go test -race ./...

chaos: ## SEEDS (1000) stories in which everything goes wrong at once, from seed FIRST (1) on
	go test -count=1 -timeout=0 ./internal/simulation/chaos -run '^TestChaos$$' -seeds $(SEEDS) -first $(FIRST)

matrix: ## every call of AWS at fault in every way, at every way into the built functions; `make test` takes each pair
	go test -timeout 30m ./internal/localaws/functiontest -full

fuzz: ## every fuzz target for FUZZTIME (60s)
	./tools/fuzz $(FUZZTIME)

golden: ## write the golden files anew; read the diff before you commit it
	go test ./internal/guard ./internal/trail ./internal/manifest ./internal/manifest/launch ./internal/alert ./internal/evidence ./internal/evidence/page ./internal/evidence/format ./internal/localaws/ecs ./internal/simulation ./cmd/fipsguard ./infra ./infra/template ./infra/integrity -update

build: ## the functions' zips, the same byte for byte everywhere
	go run ./build

release: ## all that people get, into dist, the same byte for byte everywhere
	rm -rf dist
	go run ./build -release

synth: build ## the CloudFormation templates, into cdk.out
	CDK_OUTDIR=cdk.out go run ./infra -c silent=true

bench: ## benchmarks and the cold start ratio
	go test -run '^$$' -bench . -benchmem ./internal/... ./cmd/... ./functions/...
	go run ./bench/coldstart
