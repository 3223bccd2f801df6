# SPDX-License-Identifier: Apache-2.0
"""An HTTP load generator on one thread: closed loop (as fast as answers come) or open loop (at a given rate, whatever
the answers; what is due while every connection is busy is counted as unsent), in raw bytes."""
import collections
import contextlib
import math
import select
import socket
import time


def request(path, body=None, method=None, **headers):
    """The bytes of a request."""
    lines = [f"{method or ('GET' if body is None else 'POST')} {path} HTTP/1.1", "Host: x"]
    if body is not None:
        headers = {"Content_Type": "application/json", "Content_Length": len(body), **headers}
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + (body or b"")


def quantile(values, q):
    values = sorted(values)
    return values[min(len(values) - 1, math.ceil(q * len(values)) - 1)] if values else math.nan


class Connection:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.socket.setblocking(False)
        self.received, self.unsent, self.due = b"", b"", 0.0

    def send(self, data, due):
        self.due, self.unsent = due, data
        self.flush()

    def flush(self):
        with contextlib.suppress(BlockingIOError):
            while self.unsent:
                self.unsent = self.unsent[self.socket.send(self.unsent):]

    def receive(self):
        """The status once an answer is complete, else None. Raises ConnectionError if the server has closed."""
        data = self.socket.recv(1 << 18)
        if not data:
            raise ConnectionResetError("closed without an answer")
        self.received += data
        head = self.received.find(b"\r\n\r\n")
        if head < 0:
            return None
        mark = self.received.find(b"Content-Length: ", 0, head)
        length = int(self.received[mark + 16:self.received.find(b"\r\n", mark)])
        if len(self.received) < head + 4 + length:
            return None
        status, self.head = int(self.received[9:12]), self.received[:head + 2]
        self.received = self.received[head + 4 + length:]
        return status


class Load:
    """What came of one run."""

    def __init__(self):
        self.seconds = collections.defaultdict(list)  # by status
        self.errors = []
        self.unsent = 0  # due when no connection was free
        self.without_retry_after = 0

    def rate(self, elapsed, within=math.inf):
        return sum(s <= within for s in self.seconds[200]) / elapsed


class Generator:
    def __init__(self, port, connections):
        self.poll = select.epoll()
        self.all, self.idle = {}, collections.deque()
        for _ in range(connections):
            connection = Connection(port)
            self.all[connection.socket.fileno()] = connection
            self.poll.register(connection.socket, select.EPOLLIN)
            self.idle.append(connection)

    def close(self):
        for connection in self.all.values():
            connection.socket.close()
        self.poll.close()

    def _collect(self, load, timeout):
        for fd, event in self.poll.poll(timeout):
            connection = self.all[fd]
            try:
                if event & select.EPOLLOUT:
                    connection.flush()
                    if not connection.unsent:
                        self.poll.modify(fd, select.EPOLLIN)
                if not event & ~select.EPOLLOUT:
                    continue
                status = connection.receive()
            except OSError as error:
                load.errors.append(error)
                self.poll.unregister(fd)
                del self.all[fd]
                connection.socket.close()
                continue
            if status is None:
                continue
            load.seconds[status].append(time.monotonic() - connection.due)
            if status in (429, 503) and b"\r\nRetry-After: " not in connection.head:
                load.without_retry_after += 1
            self.idle.append(connection)

    def _send(self, data, due):
        connection = self.idle.popleft()
        connection.send(data, due)
        if connection.unsent:
            self.poll.modify(connection.socket, select.EPOLLIN | select.EPOLLOUT)

    def closed_loop(self, data, seconds):
        load, end = Load(), time.monotonic() + seconds
        while time.monotonic() < end:
            while self.idle:
                self._send(data, time.monotonic())
            self._collect(load, 0.1)
        self.drain(load)
        return load

    def open_loop(self, data, rate, seconds, each_second=lambda: None):
        load, start, sent = Load(), time.monotonic(), 0
        second = start + 1
        while (now := time.monotonic()) < start + seconds:
            while sent < (now - start) * rate:
                if self.idle:
                    self._send(data, time.monotonic())
                else:
                    load.unsent += 1
                sent += 1
            self._collect(load, 0.0005)
            if now > second:
                second += 1
                each_second()
        self.drain(load)
        return load

    def drain(self, load, seconds=10):
        end = time.monotonic() + seconds
        while len(self.idle) < len(self.all) and time.monotonic() < end:
            self._collect(load, 0.1)
        self.unanswered = len(self.all) - len(self.idle)
