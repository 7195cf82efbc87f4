"""A Starling client in Python's standard library, written from docs/protocol.md alone.

It runs plans on a list of float32 readings: those whose work needs no graph (constant, sum, random) with nothing
but the standard library, and those with graphs where onnxruntime is installed (graphs.py):

    python3 client.py ws://127.0.0.1:7700 mote-1 '[20.5, 31.25]'

With SOCKETS=websockets in the environment its socket is that of the library `websockets` (library_socket.py).
"""

import base64
import hashlib
import json
import math
import os
import re
import socket
import struct
import sys
from urllib.parse import urlparse

# --- WebSocket (RFC 6455), client side, without compression ---------------------------------------------------


class WebSocket:
    def __init__(self, url):
        parsed = urlparse(url)
        self.socket = socket.create_connection((parsed.hostname, parsed.port))
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET / HTTP/1.1\r\nHost: {parsed.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            answer += self.read(1)
        if b" 101 " not in answer.split(b"\r\n")[0]:
            raise ConnectionError(answer.decode())

    def read(self, count):
        data = bytearray()
        while len(data) < count:
            piece = self.socket.recv(count - len(data))
            if not piece:
                raise ConnectionError("the socket was cut")
            data += piece
        return bytes(data)

    def send(self, payload, opcode=2):
        mask = os.urandom(4)
        length = len(payload)
        if length < 126:
            head = struct.pack("!BB", 0x80 | opcode, 0x80 | length)
        elif length < 65536:
            head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, length)
        else:
            head = struct.pack("!BBQ", 0x80 | opcode, 0x80 | 127, length)
        stream = (mask * (length // 4 + 1))[:length]
        masked = (int.from_bytes(payload, "big") ^ int.from_bytes(stream, "big")).to_bytes(length, "big")
        self.socket.sendall(head + mask + masked)

    def receive(self):
        """The next message; None once the coordinator closes."""
        message = b""
        while True:
            first, second = self.read(2)
            length = second & 127
            if length == 126:
                (length,) = struct.unpack("!H", self.read(2))
            elif length == 127:
                (length,) = struct.unpack("!Q", self.read(8))
            payload = self.read(length)
            opcode = first & 15
            if opcode == 8:
                self.send(payload[:2], opcode=8)
                return None
            if opcode == 9:
                self.send(payload, opcode=10)
            elif opcode in (0, 2):
                message += payload
                if first & 0x80:
                    return message


def open_socket(url):
    if os.environ.get("SOCKETS") != "websockets":
        return WebSocket(url)
    from library_socket import LibrarySocket

    return LibrarySocket(url)


# --- Frames and messages (sections 2 and 3) --------------------------------------------------------------------

VERSION = 2
NAMES = "part hello welcome want blob ready work update failed ack leave bye error slices commit".split()
CHUNK = 262144


def frame(name, control=None, stream=0, offset=0, total=0, part=b""):
    text = b"" if control is None else json.dumps(control).encode()
    text += b" " * (-len(text) % 8)
    kind = NAMES.index(name)
    head = struct.pack("<4sBBHIIIIII", b"STRL", VERSION, kind, 0, len(text), len(part), stream, offset, total, 0)
    return head + text + part


class Conversation:
    def __init__(self, url):
        self.socket = open_socket(url)
        self.bodies = {}
        self.streams = 0

    def say(self, name, control):
        self.socket.send(frame(name, control))

    def say_with_body(self, name, control, body):
        self.streams += 1
        for offset in range(0, len(body), CHUNK):
            part = body[offset : offset + CHUNK]
            first = offset == 0
            self.socket.send(
                frame(name if first else "part", control if first else None, self.streams, offset, len(body), part)
            )

    def hear(self):
        """The next message as (name, control, body); None at the end."""
        while True:
            data = self.socket.receive()
            if data is None:
                return None
            magic, version, kind, _, control_length, part_length, stream, offset, total, _ = struct.unpack(
                "<4sBBHIIIIII", data[:32]
            )
            assert magic == b"STRL" and len(data) == 32 + control_length + part_length
            assert version == VERSION or NAMES[kind] == "error"  # which may come before a version is agreed on
            part = data[32 + control_length :]
            if NAMES[kind] == "part":
                name, control, body = self.bodies[stream]
            else:
                name, control, body = NAMES[kind], json.loads(data[32 : 32 + control_length]), bytearray()
                if stream == 0:
                    return name, control, None
                self.bodies[stream] = (name, control, body)
            assert len(body) == offset
            body += part
            if len(body) == total:
                del self.bodies[stream]
                return name, control, bytes(body)


# --- Bodies (section 4) ----------------------------------------------------------------------------------------

FORMATS = {"F32": "f", "F64": "d", "I32": "i", "I64": "q", "U8": "B", "BOOL": "B"}
DTYPES = {"float32": "F32", "float64": "F64", "int32": "I32", "int64": "I64", "uint8": "U8", "bool": "BOOL"}


def read_leaves(body):
    (length,) = struct.unpack("<Q", body[:8])
    header = json.loads(body[8 : 8 + length])
    header.pop("__metadata__", None)
    leaves = []
    for index in range(len(header)):
        entry = header[str(index)]
        begin, end = entry["data_offsets"]
        form = FORMATS[entry["dtype"]]
        data = body[8 + length + begin : 8 + length + end]
        values = struct.unpack(f"<{len(data) // struct.calcsize(form)}{form}", data)
        leaves.append((entry["dtype"], entry["shape"], values))
    return leaves


def write_leaves(leaves):
    header, blobs, end = {}, [], 0
    wide_first = sorted(enumerate(leaves), key=lambda item: -struct.calcsize(FORMATS[item[1][0]]))
    for index, (dtype, shape, values) in wide_first:
        data = struct.pack(f"<{len(values)}{FORMATS[dtype]}", *values)
        header[str(index)] = {"dtype": dtype, "shape": shape, "data_offsets": [end, end + len(data)]}
        blobs.append(data)
        end += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + b"".join(blobs)


# --- Random numbers (section 8) --------------------------------------------------------------------------------

WORD = 0xFFFFFFFF


def philox(counter, key):
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        first, second = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (second >> 32) ^ c1 ^ k0, second & WORD, (first >> 32) ^ c3 ^ k1, first & WORD
        k0, k1 = (k0 + 0x9E3779B9) & WORD, (k1 + 0xBB67AE85) & WORD
    return c0, c1, c2, c3


def derive(seed, *path):
    for part in path:
        if isinstance(part, int):
            counter = (part & WORD, part >> 32, 0, 1)
        else:
            units = struct.unpack(f"<{len(part.encode('utf-16-le')) // 2}H", part.encode("utf-16-le"))
            digest = 2166136261
            for unit in units:
                digest = ((digest ^ unit) * 16777619) & WORD
            counter = (digest, len(units), 0, 2)
        seed = philox(counter, seed)[:2]
    return seed


def uniform(seed):
    first, second = philox((0, 0, 0, 0), seed)[:2]
    return ((first >> 5) * 2**26 + (second >> 6)) / 2**53


# --- Plans and work (sections 6 and 7) -------------------------------------------------------------------------


def to_float32(value):
    return struct.unpack("<f", struct.pack("<f", value))[0]


def run(program, inputs, constants, graphs, seed):
    registers = list(inputs)
    assert len(registers) == program["inputs"]
    for instruction in program["instructions"]:
        op = instruction["op"]
        if op == "constant":
            registers.append(constants[instruction["value"]])
        elif op == "sum":
            for register, text in zip(instruction["sequence"], instruction["element"]):
                _, shape, values = registers[register]
                size = math.prod(shape[1:])
                sums = [0.0] * size
                for start in range(0, len(values), size):
                    for index in range(size):
                        sums[index] += values[start + index]
                assert text.split("[")[0] == "float32"
                registers.append(("F32", shape[1:], [to_float32(value) for value in sums]))
        elif op == "random":
            registers.append(("F64", [], [uniform(derive(seed, instruction["salt"]))]))
        elif op == "call":
            argument = [registers[register] for register in instruction["inputs"]]
            registers += graphs[instruction["graph"]](argument, derive(seed, instruction["salt"]))
        else:
            raise NotImplementedError(f"this client does not know '{op}'")
    return [registers[register] for register in program["outputs"]]


def wanted_blobs(manifest):
    """What the work of a plan needs: models by graph, and constants."""
    programs = [phase["work"] for phase in manifest["phases"]]
    if "clientState" in manifest:
        programs.append(manifest["clientState"]["initialize"])
    used = {step["graph"] for program in programs for step in program["instructions"] if "graph" in step}
    models = {graph["id"]: graph["onnx"]["sha256"] for graph in manifest["graphs"] if graph["id"] in used}
    return models, manifest["constants"] and manifest["constants"]["sha256"]


def load_plan(manifest, blobs):
    models, constants = wanted_blobs(manifest)
    graphs = {}
    if models:
        from graphs import load

        graphs = {graph["id"]: load(graph, blobs[models[graph["id"]]]) for graph in manifest["graphs"] if graph["id"] in models}
    return graphs, read_leaves(blobs[constants]) if constants else []


def unpack_slices(selections, leaves):
    """The datasets of a phase's selections: of each, its slices in the order in which they are to be taken."""
    datasets = []
    for selection in selections:
        count = len(re.findall("|".join(DTYPES), re.sub(r"\w+=", "", selection["slice"])))
        columns, (_, _, order) = leaves[:count], leaves[count]
        leaves = leaves[count + 1 :]
        for dtype, shape, values in columns:
            size = math.prod(shape[1:])
            if order:
                values = [value for row in order for value in values[row * size : (row + 1) * size]]
            datasets.append((dtype, [len(order) or shape[0], *shape[1:]], values))
    assert not leaves
    return datasets


class Kept:
    """What the client keeps of its runs: versions by run and name, with the rounds and bases that made them."""

    def __init__(self):
        self.versions = {}

    def read(self, state, plan, run_name, constants, graphs):
        """The leaves to begin with; None if they are lost."""
        if state["base"] is None:
            return run(plan["initialize"], [], constants, graphs, tuple(state["seed"]))
        version = self.versions.get((run_name, state["base"]))
        return version and version["leaves"]

    def write(self, state, run_name, round_number, leaves):
        held, at = {}, state["base"]
        while at is not None and (run_name, at) in self.versions:
            version = held[(run_name, at)] = self.versions[(run_name, at)]
            at = version["base"] if version["round"] > state["keepFrom"] else None
        others = {key: version for key, version in self.versions.items() if key[0] != run_name}
        new = {"round": round_number, "base": state["base"], "leaves": leaves}
        self.versions = {**others, **held, (run_name, state["next"]): new}


def take_part(url, name, readings, forgets=None):
    talk = Conversation(url)
    versions = {"lowest": VERSION, "highest": VERSION}
    talk.say("hello", {"client": name, "dataType": "<readings=float32*>", "agent": "python", "versions": versions})
    blobs, missing, rounds, slices, kept = {}, set(), set(), None, Kept()
    while True:
        heard = talk.hear()
        if heard is None:
            return len(rounds)
        kind, control, body = heard
        if kind == "welcome":
            assert control["version"] == VERSION
            plan_hash = control["plan"]["hash"]
            missing = {plan_hash}
            talk.say("want", {"blobs": [{"hash": plan_hash}]})
        elif kind == "blob":
            assert hashlib.sha256(body).hexdigest() == control["hash"]
            blobs[control["hash"]] = body
            missing.remove(control["hash"])
            if control["hash"] == plan_hash:
                manifest = json.loads(body)
                assert (manifest["format"], manifest["version"]) == ("starling-plan", 1)
                assert manifest["clientInput"] == "<readings=float32*>"
                models, constants = wanted_blobs(manifest)
                missing = {*models.values(), *([constants] if constants else [])}
                if missing:
                    talk.say("want", {"blobs": [{"hash": wanted} for wanted in missing]})
            if not missing:
                graphs, constants = load_plan(manifest, blobs)
                talk.say("ready", {"plan": plan_hash})
        elif kind == "slices":
            assert hashlib.sha256(body).hexdigest() == control["hash"]
            slices = body
        elif kind == "work":
            assert hashlib.sha256(body).hexdigest() == control["broadcast"]
            phase = manifest["phases"][control["phase"]]
            own = []
            if control["slices"]:
                assert hashlib.sha256(slices).hexdigest() == control["slices"]
                own = unpack_slices(phase["selections"], read_leaves(slices))
            data = ("F32", [len(readings)], readings)
            at = {field: control[field] for field in ("run", "round", "attempt", "phase", "broadcast")}
            plan, state, before = manifest.get("clientState"), control.get("state"), []
            if plan:
                before = kept.read(state, plan, control["run"], constants, graphs)
                if before is None or (forgets == control["round"] and state["base"]):
                    talk.say("failed", {**at, "code": "state-lost", "reason": "that version is not here"})
                    continue
            inputs = [*read_leaves(body), *own, *before, data]
            update = run(phase["work"], inputs, constants, graphs, tuple(control["seed"]))
            if plan and plan["madeIn"] == control["phase"]:
                cut = len(update) - len(before)
                update, made = update[:cut], update[cut:]
                if state["next"]:
                    kept.write(state, control["run"], control["round"], made)
            talk.say_with_body("update", at, write_leaves(update))
        elif kind == "ack":
            assert control["status"] == "accepted", control
        elif kind == "commit":
            assert control["status"] == "committed" and control["counted"], control
            rounds.add(control["round"])
        elif kind == "error":
            raise RuntimeError(f"{control['code']}: {control['reason']}")


if __name__ == "__main__":
    url, name, readings, *forgets = sys.argv[1:]  # `forgets`: a round before which what it keeps is lost
    print(json.dumps({"rounds": take_part(url, name, json.loads(readings), *map(int, forgets))}))
