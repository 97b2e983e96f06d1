"""Transcripts: calls and their answers as JSON Lines, whoever saw them; and traces, the calls alone, to be recorded.

A file is a header, steps, and an end that counts them; ``transcript.schema.json`` says what each line may hold. It is
checked on the way in and on the way out. Values that are known only when a step is performed are *symbols*, objects
with one member:

    {"$ref": "s1#/incidentRecordArn"}     what is there in the answer of the earlier step s1 (a JSON pointer)
    {"$arn": "response-plan/missing"}     an ARN of this service in the account that answers
    {"$name": "one"}                      the name "one" behind the prefix of this run
    {"$repeat": ["x", 8001]}              a text many times over

Times are ISO 8601 in UTC. Real account numbers, principals and the like have no place in a transcript.

A transcript may come from anybody. What it says is checked before it is used: how large and deep it is, and that no
text of a line can steer the terminal that it is shown on. That it says "recorded" is no proof of it: a file can be made
up. It has to hold together, which is as much as can be seen offline.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from fakeim.pictures import words
from fakeim.spec.api import load_api
from fakeim.spec.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jsonschema import Draft202012Validator

FORMAT = "fakeim-transcript/1"
SCHEMA = "transcript.schema.json"
ACCOUNT = "123456789012"
"""The account of a transcript whose header names none."""
NAMES = "fakeim-"
"""The prefix of names in a transcript whose header names none."""
HEADERS = ("content-type", "x-amzn-errortype")
"""The headers of an answer that a transcript keeps."""
PERFORMED = ("recorded", "rehearsed")
"""The grades of what fakeim itself has seen: on AWS, or on what stood in for it."""
SYMBOLS = ("$arn", "$name", "$ref", "$repeat")
LARGEST = 16 * 1024 * 1024
"""Bytes of a file at most."""
LONGEST = 1_000_000
"""Characters that a ``$repeat`` stands for at most; the longest that the model bounds is of 12,000."""
DEEPEST = 32
"""How many arrays and objects may be inside each other; those of the model are fewer than ten."""


class TranscriptError(ValueError):
    """A transcript that cannot be used: the message names the file, the line, and what to do; it can be shown."""

    def __init__(self, message: str) -> None:
        super().__init__(words.printable(message)[:2000])


class Account(NamedTuple):
    """The account that answered: what a fake has to be made like."""

    onboarded: bool
    can_onboard: bool
    regions: tuple[str, ...]
    id: str = ACCOUNT


class Header(NamedTuple):
    """What a transcript is; its members are those of the format."""

    title: str
    grade: str
    account: Account
    level: str
    source: str | None = None
    target: Mapping[str, Any] | None = None
    recorded_at: str | None = None
    versions: Mapping[str, str] | None = None
    names: str = NAMES


class Answer(NamedTuple):
    """What a call was answered with: as it was seen by those who wrote a transcript, or as it comes now.

    ``status`` is ``None`` where nobody wrote it down; ``error`` is a code, ``None`` for success. The body is JSON:
    times are texts, and an error's members are in it, ``message`` among them.
    """

    status: int | None
    error: str | None
    headers: Mapping[str, str]
    body: Mapping[str, Any]

    def essential(self) -> Answer:
        """Give the answer as a transcript keeps it: of its headers, those that the service decides about."""
        return self._replace(headers={name: self.headers[name] for name in HEADERS if name in self.headers})


class Step(NamedTuple):
    """One call, with symbols in its request; and its answer, but for the steps of a trace."""

    id: str
    operation: str
    region: str
    behaviour: str
    request: Mapping[str, Any]
    expect: Answer | None = None
    partial: bool = False
    evidence: str | None = None
    source: str | None = None
    at: str | None = None
    request_id: str | None = None


class Transcript(NamedTuple):
    """A header and steps; ``name`` says where they came from."""

    header: Header
    steps: tuple[Step, ...]
    name: str = "transcript"


# -- files


def read(path: Path, *, name: str | None = None) -> Transcript:
    """Read and check the transcript in the file ``path``.

    Raises:
        TranscriptError: The file cannot be read, or is no transcript.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise TranscriptError(f"{path}: it is larger than {LARGEST:,} bytes, as no transcript is")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TranscriptError(f"{path}: {error}") from None
    return loads(text, name or str(path))


def read_all(folder: Path) -> list[Transcript]:
    """Read the transcripts and traces in ``folder`` and the folders below, in the order of their paths; or one file."""
    if folder.is_file():
        return [read(folder)]
    return _read_below(folder, "")


def shipped() -> list[Transcript]:
    """Read the transcripts that come with fakeim, without the traces, which have no answers and are far more."""
    return _read_below(evidence_folder(), "traces")


def _read_below(folder: Path, left_out: str) -> list[Transcript]:
    paths = sorted(folder.rglob("*.jsonl"), key=lambda path: path.relative_to(folder).parts)
    names = [(path, path.relative_to(folder)) for path in paths]
    return [read(path, name=name.as_posix()) for path, name in names if name.parts[0] != left_out]


def write(path: Path, transcript: Transcript) -> None:
    """Check ``transcript`` and write it to the file ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dumps(transcript._replace(name=str(path))), encoding="utf-8", newline="\n")


def evidence_folder() -> Path:
    """Give the folder of the evidence that comes with fakeim: in the installed package, or in the checkout."""
    installed = Path(str(files("fakeim.parity"))) / "evidence"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "contract_tests" / "evidence"


def dumps(transcript: Transcript) -> str:
    """Give the text of ``transcript``, once it has been checked."""
    lines = [_header_line(transcript.header), *map(_step_line, transcript.steps)]
    text = "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in [*lines, _end_line(transcript)])
    loads(text, transcript.name)
    return text


def loads(text: str, name: str = "transcript") -> Transcript:
    """Give the transcript that ``text`` holds; ``name`` stands for the file in messages.

    Raises:
        TranscriptError: It is none.
    """
    lines = list(_checked_lines(text, name))
    kinds = [str(line["kind"]) for line in lines]
    if len(lines) < 3 or kinds != ["header", *["step"] * (len(lines) - 2), "end"]:  # noqa: PLR2004 - one of each
        raise TranscriptError(
            f"{name}: give one header, one or more steps, and an end; there is {', '.join(kinds) or 'nothing'}"
        )
    if lines[-1]["steps"] != len(lines) - 2:
        raise TranscriptError(f"{name}:{len(lines)}: the end counts {lines[-1]['steps']} steps of {len(lines) - 2}")
    header = _header(lines[0])
    if header.target and header.grade not in PERFORMED:
        raise TranscriptError(
            f"{name}:1: /target: only what fakeim itself has performed has one, not what is {header.grade}"
        )
    steps = tuple(map(_step, lines[1:-1]))
    for number, step in enumerate(steps, start=2):
        problem = _problem(header, step, steps[: number - 2])
        if problem:
            raise TranscriptError(f"{name}:{number}: {problem}")
    return Transcript(header, steps, name)


def is_request_id(text: str | None) -> bool:
    """Say whether ``text`` is a request id as AWS gives them: a UUID."""
    return re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text or "") is not None


def versions() -> dict[str, str]:
    """Give the versions that a transcript made now carries: fakeim's, botocore's, and the digest of the model."""
    from hashlib import sha256  # noqa: PLC0415 - beside its only use

    model = json.dumps(load_api().files["service-2"], sort_keys=True).encode()
    return {"fakeim": version("fakeim"), "botocore": version("botocore"), "model": sha256(model).hexdigest()}


# -- symbols


def symbol(value: Any) -> tuple[str, Any] | None:
    """Give the kind and the content of ``value`` if it is a symbol."""
    if isinstance(value, dict) and len(value) == 1:
        ((kind, content),) = value.items()
        if kind.startswith("$"):
            return kind, content
    return None


def symbols(value: Any) -> Iterator[tuple[str, Any]]:
    """Give all symbols in ``value``, however deep."""
    found = symbol(value)
    if found:
        yield found
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from symbols(each)


def pointed(value: Any, pointer: str) -> Any:
    """Give what the JSON ``pointer`` points to in ``value``; a ``LookupError`` if there is nothing."""
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list) and key.isdecimal():
            value = value[int(key)]
        elif isinstance(value, dict):
            value = value[key]
        else:
            raise LookupError(pointer)
    return value


# -- parts


@cache
def _validator() -> Draft202012Validator:
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - 100 ms, and only transcripts need it

    return Draft202012Validator(json.loads((files("fakeim.parity") / SCHEMA).read_text(encoding="utf-8")))


def _checked_lines(text: str, name: str) -> Iterator[dict[str, Any]]:
    lines = text.removesuffix("\n").split("\n") if text else []  # splitlines() knows ends of lines that JSON does not
    for number, each in enumerate(lines, start=1):
        try:
            line = json.loads(each)
        except (ValueError, RecursionError) as error:
            raise TranscriptError(f"{name}:{number}: no JSON ({error}); each line is one JSON object") from None
        if _is_deeper(line, DEEPEST):
            raise TranscriptError(f"{name}:{number}: more than {DEEPEST} arrays and objects are inside each other")
        for misfit in _validator().iter_errors(line):
            where = "/".join(map(str, ["", *misfit.absolute_path])) or "the line"
            raise TranscriptError(f"{name}:{number}: {where}: {misfit.message}; fakeim/parity/{SCHEMA} says what fits")
        for member, value in line.items():
            problem = _problem_of_text(member, value) if isinstance(value, str) else None
            if problem:
                raise TranscriptError(f"{name}:{number}: /{member}: {problem}")
        yield line


def _is_deeper(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper(each, levels - 1) for each in inner)


def _problem_of_text(member: str, text: str) -> str | None:
    if not text.isprintable():
        return "it has a character that cannot be seen; the texts of a line are shown to people"
    if member in ("at", "recorded_at"):
        try:
            datetime.fromisoformat(text)
        except ValueError:
            return f"{text} is no time"
    return None


def _problem(header: Header, step: Step, earlier: Sequence[Step]) -> str | None:
    """Say what is wrong with a step that the schema cannot know."""
    api, ids = load_api(), {each.id for each in earlier}
    if step.id in ids:
        return f"there is a step {step.id} already; give each its own id"
    if step.operation not in api.operations:
        return f"there is no operation {step.operation}{did_you_mean(step.operation, api.operations)}"
    members = api.operations[step.operation].input.members
    for name in step.request.keys() - members.keys():
        return f"{step.operation} has no member {name}{did_you_mean(name, members)}"
    return _problem_of_grade(header, step, earlier) or _problem_of_symbols(
        [step.request, step.expect.body if step.expect else {}], ids
    )


def _problem_of_grade(header: Header, step: Step, earlier: Sequence[Step]) -> str | None:
    if (step.expect is None) != (header.grade == "trace"):
        return "a trace has no expect" if step.expect else f"a step that is {header.grade} has an expect"
    whole = step.expect and step.expect.status and step.request_id and step.at and not step.partial
    if header.grade in PERFORMED and not whole:
        return f"a {header.grade} step is whole (no partial), and has its status, request_id and at"
    if header.grade == "recorded" and not is_request_id(step.request_id):
        return f"{step.request_id} is no request id of AWS's, so AWS did not answer"
    if header.grade == "recorded" and step.request_id in {each.request_id for each in earlier}:
        return f"there is a step with the request id {step.request_id} already; AWS gives each call its own"
    return None


def _problem_of_symbols(values: Sequence[Any], earlier: set[str]) -> str | None:
    for kind, content in symbols(list(values)):
        if kind not in SYMBOLS:
            return f"there is no symbol {kind}{did_you_mean(kind, SYMBOLS)}"
        if kind == "$repeat":
            if not isinstance(content, list) or list(map(type, content)) != [str, int]:
                return '$repeat takes a text and a number, as in ["x", 201]'
            if not 0 <= len(content[0]) * content[1] <= LONGEST:
                return f"$repeat stands for at most {LONGEST:,} characters"
        elif not isinstance(content, str):
            return f"{kind} takes a text"
        elif kind == "$ref" and content.partition("#/")[0] not in earlier:
            return f"$ref {content}: there is no earlier step of that id; give it as in s1#/arn"
    return None


def _header(line: Mapping[str, Any]) -> Header:
    account = line["account"] | {"regions": tuple(line["account"]["regions"])}
    return Header(**{name: line[name] for name in Header._fields if name in line} | {"account": Account(**account)})


def _step(line: Mapping[str, Any]) -> Step:
    step = Step(**{name: line[name] for name in Step._fields if name in line})
    if "expect" not in line:
        return step
    expect = {"headers": {}, "body": {}} | line["expect"]
    return step._replace(expect=Answer(**expect))


def _header_line(header: Header) -> dict[str, Any]:
    account = _present(header.account, Account._field_defaults)
    line = _present(header, Header._field_defaults) | {"account": account}
    return {"kind": "header", "format": FORMAT} | line


def _step_line(step: Step) -> dict[str, Any]:
    line = {"kind": "step"} | _present(step, Step._field_defaults)
    if step.expect is not None:
        line["expect"] = {name: value for name, value in step.expect._asdict().items() if value != {}}
    return line


def _end_line(transcript: Transcript) -> dict[str, Any]:
    return {"kind": "end", "steps": len(transcript.steps)}


def _present(record: Any, defaults: Mapping[str, Any]) -> dict[str, Any]:
    given: dict[str, Any] = record._asdict()
    return {name: value for name, value in given.items() if name not in defaults or value != defaults[name]}
