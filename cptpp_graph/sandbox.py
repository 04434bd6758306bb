"""Answers what a stranger wrote in a process of its own that opens nothing, has little memory and is killed at a time limit."""

from __future__ import annotations

import contextlib
import importlib
import json
import math
import os
import queue
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from . import errors
from .errors import CptppError, LimitReached, Said, from_plain, say

MEMORY_BYTES = 2 << 30
SECONDS = 10.0
MOST_ANSWER = 64_000_000
MOST_SECONDS = 3600
START_SECONDS = 60.0
ROOT = str(Path(__file__).parent.parent)
NO_CPU_LEFT = -getattr(signal, "SIGXCPU", 0)


class Sandbox:
    """A worker process, started when it is first needed and anew after it had to be killed.

    job: the module of this package whose prepare() gives the function that answers in the worker.
    what, mend: what the worker is given, and how to ask for less, in print.
    """

    def __init__(self, job: str, what: Said, mend: Said) -> None:
        self.job, self.what, self.mend = job, what, mend
        self._worker: subprocess.Popen[bytes] | None = None
        self._process = 0
        self._ready = False
        self._lock = threading.Lock()

    def run(self, body: bytes, seconds: float) -> bytes:
        """The job's answer. Raises what the job raises, and LimitReached after so many seconds."""
        if not 0 < seconds <= MOST_SECONDS:  # not a number is neither
            raise CptppError(
                say("{seconds} is no limit of time", seconds=seconds), say("Give seconds, {most:,} at most.", most=MOST_SECONDS)
            )
        with self._lock:
            self._start()
            if not self._ready:
                self._reply(START_SECONDS)
                self._ready = True
            return self._reply(seconds, struct.pack(">d", seconds) + body)

    def start(self) -> None:
        """Has the worker make itself ready while the caller does something else."""
        with self._lock:
            self._start()

    def _start(self) -> None:
        if self._worker and self._process == os.getpid() and self._worker.poll() is None:
            return
        self.close()
        code = f"import sys; sys.path.append({ROOT!r}); from cptpp_graph.sandbox import serve; serve({self.job!r})"
        # -P: a file of the folder where we are called is not taken for a module
        command = [sys.executable, "-P", *(["-B"] if sys.dont_write_bytecode else []), "-c", code]
        try:
            worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        except OSError as error:
            raise LimitReached(
                say("no process can be started for {what}: {reason}", what=self.what, reason=str(error.strerror)),
                "Close other programs.",
            ) from None
        self._worker, self._process, self._ready = worker, os.getpid(), False

    def _reply(self, seconds: float, request: bytes | None = None) -> bytes:
        """What the worker replies. It is killed after so many seconds, and where the caller is interrupted meanwhile."""
        worker = self._worker
        assert worker and worker.stdin and worker.stdout
        stopped = threading.Event()

        def stop() -> None:
            stopped.set()
            worker.kill()

        timer = threading.Timer(seconds, stop)
        timer.start()
        kind = ""
        try:
            if request is not None:
                _send(worker.stdin, request)
            kind, body = _receive(worker.stdout).decode(), _receive(worker.stdout)
        except (EOFError, BrokenPipeError):
            late = worker.wait() == NO_CPU_LEFT or stopped.is_set()
            ran_out = say("{what} ran into the time limit of {seconds:g} s", what=self.what, seconds=seconds)
            raise LimitReached(ran_out if late else say("{what} needed too much memory", what=self.what), self.mend) from None
        finally:
            timer.cancel()
            timer.join()
            if not kind or stopped.is_set():
                self.close()
        if kind != "answer":
            raise getattr(errors, kind)(*map(from_plain, json.loads(body)))
        return body

    def close(self) -> None:
        """Ends the worker; after a fork it is the parent's to end."""
        worker, self._worker = self._worker, None
        if worker and self._process == os.getpid():
            worker.kill()
            worker.wait()
            for pipe in (worker.stdin, worker.stdout):
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()  # type: ignore[union-attr]


class Pool:
    """Several sandboxes for one job, so that a slow answer keeps nobody else waiting while another is free."""

    def __init__(self, size: int, job: str, what: Said, mend: Said) -> None:
        self._all = [Sandbox(job, what, mend) for _ in range(size)]
        self._free: queue.LifoQueue[Sandbox] = queue.LifoQueue()
        for sandbox in reversed(self._all):
            self._free.put(sandbox)

    def run(self, body: bytes, seconds: float) -> bytes:
        """As Sandbox.run, by the first that is free; LimitReached where none is within the limit of time either."""
        try:
            sandbox = self._free.get(timeout=min(max(seconds, 0.0), MOST_SECONDS))
        except queue.Empty:
            raise LimitReached(
                say("too many ask at once: none of {count} processes became free", count=len(self._all)), "Ask again."
            ) from None
        try:
            return sandbox.run(body, seconds)
        finally:
            self._free.put(sandbox)

    def close(self) -> None:
        for sandbox in self._all:
            sandbox.close()


def _send(pipe: IO[bytes], body: bytes) -> None:
    pipe.write(struct.pack(">Q", len(body)) + body)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes:
    head = pipe.read(8)
    if len(head) < 8:
        raise EOFError
    size = struct.unpack(">Q", head)[0]
    body = pipe.read(size)
    if len(body) < size:
        raise EOFError
    return body


# ------------------------------------------------------------------ in the worker


def serve(job: str) -> None:
    """Answers requests on standard input by a job's function until there are no more."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints goes nowhere
    try:
        answer: Callable[[bytes], bytes] = importlib.import_module(f"cptpp_graph.{job}").prepare()
    except CptppError as error:
        _tell(replies, error)
        return
    _confine()
    _tell(replies, b"ready")
    with contextlib.suppress(EOFError):
        while True:
            request = _receive(sys.stdin.buffer)
            _allow(struct.unpack(">d", request[:8])[0])
            try:
                found = answer(request[8:])
                if len(found) > MOST_ANSWER:
                    raise LimitReached(say("the answer is larger than {most:,} bytes", most=MOST_ANSWER), "Ask for less.")
                _tell(replies, found)
            except CptppError as error:
                _tell(replies, error)


def _tell(replies: IO[bytes], outcome: bytes | CptppError) -> None:
    if isinstance(outcome, CptppError):
        _send(replies, type(outcome).__name__.encode())
        _send(replies, json.dumps([line.as_plain() for line in outcome.said]).encode())
    else:
        _send(replies, b"answer")
        _send(replies, outcome)


def _confine() -> None:
    """From here on nothing can be opened, no connection made, and memory is bounded (where the system can do it)."""
    try:
        import resource
    except ImportError:
        return
    _limit(resource.RLIMIT_AS, MEMORY_BYTES)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, 0)


def _allow(seconds: float) -> None:
    """Processor time for one answer, lest the worker run on after a parent that was killed."""
    try:
        import resource
    except ImportError:
        return
    most, hard = math.ceil(time.process_time() + seconds) + 1, resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _limit(kind: int, most: int) -> None:
    """Sets a limit for good; where a lower one is set, that stays."""
    import resource

    least = min([most, *(limit for limit in resource.getrlimit(kind) if limit != resource.RLIM_INFINITY)])
    resource.setrlimit(kind, (least, least))
