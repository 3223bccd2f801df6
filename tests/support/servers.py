# SPDX-License-Identifier: Apache-2.0
"""Real servers for tests: on loopback, on a port of their own, with their own folder, stopped by the process that
started them. `with moto(folder) as server: ... server.url`."""
import contextlib
import dataclasses
import http.server
import os
import pathlib
import socket
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


@dataclasses.dataclass
class Server:
    url: str
    process: subprocess.Popen | None = None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port, process, log, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}: {log.read_text()[-2000:]}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise TimeoutError(f"no server on port {port} after {seconds} s: {log.read_text()[-2000:]}")


@contextlib.contextmanager
def running(command, folder, *, port, env=None):
    """The command as a server that listens on `port`; its output goes to folder/server.log."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen([str(part) for part in command], cwd=folder, stdout=output, stderr=output,
                                   stdin=subprocess.DEVNULL, env={**os.environ, **(env or {})})
    try:
        wait_for_port(port, process, log)
        yield Server(f"http://127.0.0.1:{port}", process)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def moto(folder):
    """AWS as moto imitates it: S3, STS and more. It does not check signatures."""
    port = free_port()
    program = pathlib.Path(sys.executable).with_name("moto_server")
    return running([program, "-H", "127.0.0.1", "-p", port], folder, port=port)


def versitygw(folder, access_key, secret_key):
    """An S3 server over files, which checks signatures."""
    program = os.environ.get("VERSITYGW") or subprocess.run(
        [ROOT / "tools/go-tool", "versitygw"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    port = free_port()
    return running([program, "--port", f"127.0.0.1:{port}", "posix", data], folder, port=port,
                   env={"ROOT_ACCESS_KEY": access_key, "ROOT_SECRET_KEY": secret_key})


@contextlib.contextmanager
def faulty_proxy(upstream, fault):
    """Stands before a server. `fault(n, request_line)` says what happens to request n (from 0): None passes it on,
    "reset" closes without an answer, ("cut", k) closes after k bytes of the answer, ("change", f) sends f(answer),
    ("slow", seconds) waits first, ("answer", status, headers, body) answers by itself."""
    host, port = upstream.removeprefix("http://").split(":")
    numbers = iter(range(1 << 30))
    lock = threading.Lock()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args):
            pass

        def handle_one_request(self):
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            with lock:
                number = next(numbers)
            act = fault(number, self.requestline)
            self.close_connection = True
            kind = act if isinstance(act, str) else act and act[0]
            if kind == "reset":
                return
            if kind == "answer":
                _, status, headers, text = act
                head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
                self.wfile.write(f"HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {len(text)}\r\n{head}\r\n"
                                 .encode() + text)
                return
            if kind == "slow":
                time.sleep(act[1])
            answer = self.ask(body)
            if kind == "change":
                answer = act[1](answer)
            self.wfile.write(answer[:act[1]] if kind == "cut" else answer)

        def ask(self, body):
            with socket.create_connection((host, int(port))) as server:
                # The Host header is signed, so it must reach the server as it is.
                headers = [(n, v) for n, v in self.headers.items() if n.lower() != "connection"]
                head = "".join(f"{name}: {value}\r\n" for name, value in headers) + "Connection: close\r\n\r\n"
                server.sendall(f"{self.requestline}\r\n{head}".encode("latin1") + body)
                return b"".join(iter(lambda: server.recv(1 << 20), b""))

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield Server(f"http://127.0.0.1:{server.server_address[1]}")
        server.shutdown()
        thread.join()
