# SPDX-License-Identifier: Apache-2.0
"""An HTTP proxy between a client and a server that does to chosen requests what networks do."""
import contextlib
import http.client
import socket
import struct
import threading
import time
import urllib.parse

SECONDS_OF_A_SLOW_ANSWER = 0.3
SECONDS_WITHOUT_A_LISTENER = 0.3
TRICKLED_PIECES = 20
RETRY_AFTER = [("Content-Type", "text/plain"), ("Retry-After", "1")]


class FaultProxy:
    """Forwards to `upstream` and keeps the request lines. `fault(n, line)` chooses what becomes of the n-th request
    (from 0): None forwards it; an int answers with that status; the others are

    never forwarded: "drop" ends the connection, "reset" resets it in the middle of the request, "refuse" ends it and
        refuses new ones for a moment, "html" answers 200 with a page, "busy" answers 503 with Retry-After;
    forwarded, so that the server has acted: "lose" ends the connection in place of the answer, "cut" in the middle of
        its body, "truncate" sends half of the body as if it were all, "trickle" sends it in small pieces, "slow" sends
        it late, "stall" sends half of it and then nothing for as long as the client waits."""

    def __init__(self, upstream, fault=lambda n, line: None, host=None):
        self.host = host  # sent as the Host header in place of the client's
        self.upstream = urllib.parse.urlsplit(upstream)
        self.fault = fault
        self.lines = []
        self.connections = 0
        self.lock = threading.Lock()
        self.closed = threading.Event()
        self.listening = threading.Event()
        self._listen(0)
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def _listen(self, port):
        self.listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()
        self.listening.set()

    def _accept(self, listener):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with contextlib.suppress(OSError), connection, connection.makefile("rb") as stream:
            while self._answer(connection, stream):
                pass

    def _answer(self, connection, stream):
        line = stream.readline().decode().strip()
        if not line:
            return False
        headers = http.client.parse_headers(stream)
        with self.lock:
            number = len(self.lines)
            self.lines.append(line)
            fault = self.fault(number, line)
        if fault == "reset":
            return self._reset(connection, stream, headers)
        body = stream.read(int(headers.get("Content-Length", 0)))
        if fault == "drop":
            return False
        if fault == "refuse":
            return self._refuse()
        if fault == "html":
            return self._send(connection, 200, [("Content-Type", "text/html")], b"<html>Please sign in</html>")
        if fault == "busy":
            return self._send(connection, 503, RETRY_AFTER, b"come back later")
        if isinstance(fault, int):
            return self._send(connection, fault, [("Content-Type", "text/plain")], b"a fault of the test's")
        reply = self._forward(line, headers, body)
        if line.startswith("HEAD ") and fault is None:
            return self._send_head(connection, *reply)
        return self._deliver(connection, fault, *reply)

    def _deliver(self, connection, fault, status, headers, body):
        if fault == "lose":
            return False
        if fault == "slow":
            time.sleep(SECONDS_OF_A_SLOW_ANSWER)
        elif fault == "truncate":
            body = body[:len(body) // 2]
        elif fault in ("cut", "stall"):
            connection.sendall(self._head(status, headers, len(body) + 1) + body[:len(body) // 2])
            if fault == "stall":
                connection.recv(1)  # ends when the client does
            return False
        elif fault == "trickle":
            connection.sendall(self._head(status, headers, len(body)))
            step = len(body) // TRICKLED_PIECES + 1
            for begin in range(0, len(body), step):
                connection.sendall(body[begin:begin + step])
                time.sleep(SECONDS_OF_A_SLOW_ANSWER / TRICKLED_PIECES)
            return True
        return self._send(connection, status, headers, body)

    @staticmethod
    def _reset(connection, stream, headers):
        stream.read(int(headers.get("Content-Length", 0)) // 2)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close sends RST
        return False

    def _refuse(self):
        with self.lock:
            self._stop_listening()
        timer = threading.Timer(SECONDS_WITHOUT_A_LISTENER, self._listen_again)
        timer.daemon = True
        timer.start()
        return False

    def _listen_again(self):
        with self.lock:
            if not self.closed.is_set() and self.listener.fileno() == -1:
                self._listen(self.port)

    def wait_until_listening(self):
        """After a "refuse", for as long as nobody listens."""
        assert self.listening.wait(30), "the proxy does not listen again"

    def _forward(self, line, headers, body):
        method, target, _ = line.split(" ")
        upstream = http.client.HTTPConnection(self.upstream.hostname, self.upstream.port, timeout=60)
        try:
            upstream.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in headers.items():
                upstream.putheader(name, self.host if self.host and name.lower() == "host" else value)
            upstream.endheaders(body)
            reply = upstream.getresponse()
            return reply.status, reply.getheaders(), reply.read()
        except OSError:
            return 502, [], b"the server behind the proxy does not answer"
        finally:
            upstream.close()

    @staticmethod
    def _head(status, headers, body_bytes):
        kept = [(n, v) for n, v in headers if n.lower() not in ("content-length", "transfer-encoding", "connection")]
        head = [f"HTTP/1.1 {status} X", *(f"{n}: {v}" for n, v in kept), f"Content-Length: {body_bytes}", "", ""]
        return "\r\n".join(head).encode()

    def _send(self, connection, status, headers, body):
        connection.sendall(self._head(status, headers, len(body)) + body)
        return True

    def _send_head(self, connection, status, headers, _):
        """Its Content-Length is that of the body which a GET would bring."""
        length = next((value for name, value in headers if name.lower() == "content-length"), 0)
        connection.sendall(self._head(status, headers, length))
        return True

    def _stop_listening(self):
        self.listening.clear()
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)  # wakes accept
        self.listener.close()

    def close(self):
        with self.lock:
            self.closed.set()
            self._stop_listening()


@contextlib.contextmanager
def fault_proxy(upstream, fault=lambda n, line: None, host=None):
    proxy = FaultProxy(upstream, fault, host)
    try:
        yield proxy
    finally:
        proxy.close()
