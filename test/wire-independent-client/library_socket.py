"""The client's socket by the library `websockets` instead of its own RFC 6455: a second foreign stack, as it comes.

It offers compression, which the coordinator declines, and cuts, masks and closes as the library does.
"""

import asyncio

import websockets


class LibrarySocket:
    def __init__(self, url):
        self.loop = asyncio.new_event_loop()
        self.socket = self.loop.run_until_complete(self.connect(url))

    async def connect(self, url):
        return await websockets.connect(url, max_size=2**20)

    def send(self, payload):
        self.loop.run_until_complete(self.socket.send(payload))

    def receive(self):
        """The next message; None once the coordinator closes."""
        try:
            return self.loop.run_until_complete(self.socket.recv())
        except websockets.exceptions.ConnectionClosedOK:
            return None
