# Thin: each target is one that README.md shows. Another Python: make demo PYTHON=python3.12
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
BUILD := demo/build
# The texts of plans, which are not part of the project; only training needs them.
PLANGRAPH_PLANS ?= ../shared/plans

.PHONY: demo test check bench docs trig train
.DEFAULT_GOAL := demo

demo: .venv/installed
	$(BIN)/plangraph build graph/tianjin-145 -o $(BUILD)
	$(BIN)/plangraph check graph/tianjin-145
	$(BIN)/plangraph query --build $(BUILD) -e 'SELECT ?who ?quote WHERE { ?st rdf:subject ?p ; rdf:predicate plan:focusesOn ; rdf:object ?d ; plan:evidence/oa:exact ?quote . ?d rdfs:label "合成生物学"@zh . ?p rdfs:label ?who . FILTER(lang(?who) = "zh") }'
	$(BIN)/plangraph rank --build $(BUILD) --by betweenness --kind Park --kind Institution --kind Domain --top 10
	$(BIN)/plangraph path --build $(BUILD) 北方声谷 天津中医药大学
	$(BIN)/plangraph show --build $(BUILD) -o demo/tianjin.html
	@echo
	@echo "Open demo/tianjin.html in a browser (no network needed). Go on: . $(BIN)/activate && plangraph --help"
	@echo "用浏览器打开 demo/tianjin.html（无需网络）。继续：. $(BIN)/activate && plangraph --help"

# Tests with servers and kills. Apart from the others: two of the fixtures that start a browser cannot share a process.
SERVERS := tests/serve tests/push tests/faults tests/spark

test: .venv/test-installed
	@.ci/browser
	@.ci/servers
	$(BIN)/python -m pytest -n 2 --dist loadfile $(SERVERS:%=--ignore=%)
	$(BIN)/python -m pytest -n 2 --dist loadfile $(SERVERS)

check: .venv/test-installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check src tests benchmarks docs/*.py
	$(BIN)/mypy

bench: .venv/test-installed
	set -e; for file in benchmarks/*.py; do $(BIN)/python $$file; done

docs: .venv/docs-installed
	set -e; for file in docs/generate_*.py; do $(BIN)/python $$file; done
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "Open site/index.html (中文: site/zh/index.html)"

trig: .venv/installed
	$(BIN)/plangraph build graph/tianjin-145 -o $(BUILD)
	$(BIN)/plangraph export --build $(BUILD) -f trig --plan tianjin-145 -o graph/tianjin-145.trig

train: .venv/train-installed
	$(BIN)/python -m plangraph.extract.train gold $(PLANGRAPH_PLANS) graph/tianjin-145

# The stamps: made last, so that an installation that broke off is taken up again and a whole one is left alone.
.venv/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "plangraph needs Python 3.11 or later; $(PYTHON) is not. Name one: make $(MAKECMDGOALS) PYTHON=python3.12"; \
	  echo "plangraph 需要 Python 3.11 或更高版本，$(PYTHON) 不符合。请指定：make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv --clear .venv || { \
	  rm -rf .venv; echo "No virtual environment could be made; on Debian: apt install python3-venv"; \
	  echo "无法创建虚拟环境；Debian 上请运行：apt install python3-venv"; exit 1; }
	@echo "Installing into .venv (once, some minutes) … 正在安装到 .venv（仅一次，需几分钟）……"
	$(PIP) --editable .
	@touch $@

.venv/test-installed: .venv/installed
	$(PIP) --editable '.[test]'
	@touch $@

.venv/docs-installed: .venv/installed
	$(PIP) --editable '.[docs]'
	@touch $@

.venv/train-installed: .venv/installed
	$(PIP) --editable '.[train]'
	@touch $@
