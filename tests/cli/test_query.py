"""``plangraph query``: sources, formats, files, and being stopped."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import time
import xml.etree.ElementTree
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from rich.cells import cell_len

from tests.conftest import CLI, environment

Cli = Callable[..., subprocess.CompletedProcess[bytes]]

PARKS = "SELECT ?name ?n { ?s a plan:Park ; rdfs:label ?name FILTER(LANG(?name) = 'zh') BIND(STRLEN(?name) AS ?n) } ORDER BY ?n ?name LIMIT 5"
GRAPH = (
    "CONSTRUCT { ?s rdfs:label ?l ; plan:length ?n } WHERE { ?s a plan:Park ; rdfs:label ?l BIND(STRLEN(?l) AS ?n) }"
)
ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER(?a != ?d && ?d != ?g) }"


@pytest.fixture
def query(cli: Cli, tianjin: Path) -> Cli:
    """Runs ``plangraph query`` on the bundled plan's build."""

    def run(*arguments: str | Path, **options: object) -> subprocess.CompletedProcess[bytes]:
        return cli("query", "--build", tianjin, *arguments, **options)

    return run


# -- sources --------------------------------------------------------------------------------------------------


def test_a_query_by_each_way(query: Cli, tmp_path: Path) -> None:
    (tmp_path / "q.rq").write_text("# 注释\n" + PARKS, encoding="utf-8")
    runs = [query("-e", PARKS), query(tmp_path / "q.rq"), query("-", stdin=PARKS.encode())]
    assert {run.returncode for run in runs} == {0}
    assert len({run.stdout for run in runs}) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
def test_query_files_as_people_save_them(query: Cli, tmp_path: Path, encoding: str) -> None:
    text = "# 查找\r\nSELECT ?s WHERE { ?s rdfs:label '中国信创谷'@zh }\r\n"
    (tmp_path / "查询.rq").write_bytes(text.encode(encoding))
    run = query("-f", "csv", tmp_path / "查询.rq")
    assert run.returncode == 0, run.stderr
    assert len(run.stdout.splitlines()) == 2


def test_a_saved_question_by_its_name(query: Cli) -> None:
    run = query("plans", "-f", "csv")
    assert run.returncode == 0
    assert b"tianjin-145" in run.stdout
    run = query("parks-by-domain")
    assert run.returncode == 1
    assert b"use plangraph ask parks-by-domain" in run.stderr


def test_a_file_comes_before_a_question_of_its_name(query: Cli, tmp_path: Path) -> None:
    (tmp_path / "plans").write_text("SELECT (7 AS ?mine) {}", encoding="utf-8")
    assert query("plans", "-f", "csv", cwd=tmp_path).stdout == b"mine\n7\n"


def test_source_or_execute(query: Cli) -> None:
    for arguments in ((), ("plans", "-e", "ASK {}")):
        run = query(*arguments)
        assert run.returncode == 2
        assert "请给出" in run.stderr.decode("utf-8")


# -- formats --------------------------------------------------------------------------------------------------


def test_table_columns_are_aligned_by_width(query: Cli) -> None:
    text = query(
        "-e", "SELECT ?a ?n ?b { VALUES (?a ?n ?b) { ('中国信创谷' 7 'x') ('a' 1234 '谷') ('ｱ é' 5 '—') } }"
    ).stdout
    lines = text.decode("utf-8").splitlines()
    assert lines[0].split() == ["a", "n", "b"]
    assert set(lines[1]) == {"─"}
    columns = []
    for line, last in zip(lines[2:], ("x", "谷", "—"), strict=True):
        assert line.endswith(last)
        columns.append(cell_len(line[: -len(last)]))
    assert len(set(columns)) == 1
    assert cell_len(lines[0][:-1]) == columns[0]
    assert (
        len({cell_len(line[: line.index(n) + len(n)]) for line, n in zip(lines[2:], ("7", "1234", "5"), strict=True)})
        == 1
    )


def test_iris_of_ours_are_short_in_a_table(query: Cli) -> None:
    out = query("-e", "SELECT ?s { VALUES ?s { plan:Park plans:tianjin-145 <http://a.example/> } }").stdout.decode()
    assert [line.strip() for line in out.splitlines()[2:]] == ["plan:Park", "plans:tianjin-145", "http://a.example/"]


def test_csv_is_safe_in_a_spreadsheet(query: Cli) -> None:
    out = query(
        "-f", "csv", "-e", "SELECT ?a ?b { VALUES (?a ?b) { ('=1+1' 'a,\"b') ('行\\n二' true) (UNDEF 2.5) } }"
    ).stdout
    rows = list(csv.reader(io.StringIO(out.decode("utf-8"), newline="")))
    assert rows == [["a", "b"], ["'=1+1", 'a,"b'], ["行\n二", "true"], ["", "2.5"]]


def test_json_and_xml_and_tsv_are_the_standards(query: Cli) -> None:
    answer = json.loads(query("-f", "json", "-e", PARKS).stdout)
    assert answer["head"]["vars"] == ["name", "n"]
    names = [b["name"]["value"] for b in answer["results"]["bindings"]]
    assert len(names) == 5
    tree = xml.etree.ElementTree.fromstring(query("-f", "xml", "-e", PARKS).stdout)
    space = {"s": "http://www.w3.org/2005/sparql-results#"}
    assert [e.text for e in tree.iterfind(".//s:binding[@name='name']/s:literal", space)] == names
    lines = query("-f", "tsv", "-e", PARKS).stdout.decode("utf-8").splitlines()
    assert lines[0] == "?name\t?n"
    assert [line.split("\t")[0] for line in lines[1:]] == [f'"{name}"@zh' for name in names]


def test_parquet(query: Cli, tmp_path: Path) -> None:
    from pyarrow import parquet

    values = "VALUES (?text ?n ?x ?mixed ?big) { ('文' 1 1.5 1 99999999999999999999999) (UNDEF 2 2 'a' 1) }"
    run = query("-f", "parquet", "-o", tmp_path / "a.parquet", "-e", f"SELECT ?text ?n ?x ?mixed ?big {{ {values} }}")
    assert run.returncode == 0, run.stderr
    assert parquet.read_table(tmp_path / "a.parquet").to_pydict() == {
        "text": ["文", None],
        "n": [1, 2],
        "x": [1.5, 2.0],
        "mixed": ["1", "a"],
        "big": ["99999999999999999999999", "1"],
    }


def test_a_graph_in_the_formats_that_can_hold_it(query: Cli, tmp_path: Path) -> None:
    turtle = query("-f", "ttl", "-e", GRAPH).stdout
    triples = {str(q.triple) for q in ox.parse(turtle, format=ox.RdfFormat.TURTLE)}
    assert len(triples) > 20
    rows = list(csv.reader(io.StringIO(query("-f", "csv", "-e", GRAPH).stdout.decode("utf-8"), newline="")))
    assert rows[0] == ["subject", "predicate", "object"]
    assert len(rows) - 1 == len(triples)
    bindings = json.loads(query("-f", "json", "-e", GRAPH).stdout)["results"]["bindings"]
    kinds = {b["object"].get("datatype", b["object"].get("xml:lang")) for b in bindings}
    assert kinds == {"zh", "en", "http://www.w3.org/2001/XMLSchema#integer"}
    assert query("-f", "parquet", "-o", tmp_path / "a.parquet", "-e", GRAPH).returncode == 0
    assert b"subject" in query("-e", GRAPH).stdout


@pytest.mark.parametrize(
    ("form", "sparql", "word"),
    [
        ("ttl", PARKS, "use CONSTRUCT"),
        ("ttl", "ASK {}", "use CONSTRUCT"),
        ("xml", GRAPH, "which xml cannot hold; use ttl"),
        ("tsv", GRAPH, "which tsv cannot hold; use ttl"),
    ],
)
def test_a_format_that_cannot_hold_the_answer_says_so(query: Cli, form: str, sparql: str, word: str) -> None:
    run = query("-f", form, "-e", sparql)
    assert (run.returncode, run.stdout) == (1, b"")
    assert word.encode() in run.stderr
    assert (
        "不能容纳" in (told := query("-f", form, "-e", sparql, "--lang", "zh").stderr.decode("utf-8"))
        or "用于图" in told
    )


@pytest.mark.parametrize("form", ["table", "csv", "tsv", "json", "xml", "parquet"])
@pytest.mark.parametrize("sparql", ["ASK {}", "SELECT * {}", "SELECT ?s { ?s a plan:NoSuch }"])
def test_small_answers_in_every_format(query: Cli, tmp_path: Path, form: str, sparql: str) -> None:
    run = query("-f", form, "-o", tmp_path / "out", "-e", sparql)
    assert (run.returncode, run.stdout, run.stderr) == (0, b"", b"")
    assert (tmp_path / "out").stat().st_size > 0


@pytest.mark.parametrize("form", ["table", "csv", "tsv", "json", "xml"])
def test_the_same_bytes_every_time(query: Cli, form: str) -> None:
    outputs = {query("-f", form, "-e", PARKS, env={"PYTHONHASHSEED": str(n)}).stdout for n in range(3)}
    assert len(outputs) == 1


def test_control_characters_do_not_reach_a_table(query: Cli) -> None:
    out = query("-e", "SELECT ?x { VALUES ?x { 'a\\u001B[31mred\\u202Eevil\\u0007' } }").stdout
    assert b"\x1b" not in out
    assert "\u202e" not in out.decode("utf-8")


# -- files ----------------------------------------------------------------------------------------------------


def test_a_file_is_replaced_whole_or_not_at_all(query: Cli, tmp_path: Path) -> None:
    out = tmp_path / "a.csv"
    out.write_text("old", encoding="utf-8")
    assert query("-f", "csv", "-o", out, "-e", "SELECT * {").returncode == 1
    assert query("-f", "csv", "-o", out, "--timeout", "0.5", "-e", ENDLESS).returncode == 1
    assert out.read_text("utf-8") == "old"
    assert query("-f", "csv", "-o", out, "-e", "ASK {}").returncode == 0
    assert out.read_text("utf-8") == "result\ntrue\n"
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]


def test_a_link_stays_a_link_and_a_device_a_device(query: Cli, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link.csv").symlink_to(tmp_path / "real" / "a.csv")
    assert query("-f", "csv", "-o", tmp_path / "link.csv", "-e", "ASK {}").returncode == 0
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real" / "a.csv").read_bytes() == b"result\ntrue\n"
    assert query("-f", "csv", "-o", "/dev/null", "-e", "ASK {}").returncode == 0
    assert not Path("/dev/null").is_file()
    assert query("-f", "csv", "-o", "/dev/stdout", "-e", "ASK {}").stdout == b"result\ntrue\n"


# -- being stopped --------------------------------------------------------------------------------------------


def start(tianjin: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start the command line in a process group of its own."""
    return subprocess.Popen(
        [*CLI, "query", "--build", str(tianjin), *arguments],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def assert_nobody_left(group: int) -> None:
    """No process of the group is alive; the last may need a moment to be reaped by the system."""
    for _ in range(50):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    os.killpg(group, signal.SIGKILL)
    pytest.fail("a process of the query lives on")


def test_the_time_limit(tianjin: Path) -> None:
    with start(tianjin, "--timeout", "0.6", "-e", ENDLESS) as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, b"")
    assert b"stopped after 0.6 s" in err
    assert b"Traceback" not in err
    assert_nobody_left(process.pid)


def await_worker(pid: int) -> None:
    """Wait until ``pid`` has begun the process that its query runs in, and the query has begun."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    until = time.monotonic() + 30
    while children.parent.is_dir() and not children.read_text() and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(1.5)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_by_a_signal(tianjin: Path, number: signal.Signals) -> None:
    with start(tianjin, "-e", ENDLESS) as process:
        await_worker(process.pid)
        if number == signal.SIGINT:  # Ctrl-C goes to the whole group, `kill` to one process
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == ({signal.SIGINT: 1, signal.SIGTERM: 143}[number], b"")
    assert b"Traceback" not in err
    assert_nobody_left(process.pid)


def test_a_reader_that_leaves_early(tianjin: Path) -> None:
    everything = "SELECT ?a ?b ?c ?d { ?a a ?b . ?c a ?d } LIMIT 150000"
    with start(tianjin, "-f", "csv", "-e", everything) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"a,b,c,d\n"
        process.stdout.close()
        assert process.stderr is not None
        said = process.stderr.read()
        process.wait(60)
    assert said == b""
    assert_nobody_left(process.pid)
