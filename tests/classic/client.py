"""A client as those of the ancestor are, on a WebSocket library that has nothing to do with igor.

It sends each line of its input as a message and prints each message that it receives as a line of
JSON, then the code with which it was closed. At the end of its input it closes the socket.
"""

import json
import sys
import threading

import websocket

LONGEST_WAIT_SECONDS = 60


def tell(**line):
    print(json.dumps(line), flush=True)


def receive(socket):
    try:
        while True:
            opcode, data = socket.recv_data()
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                return tell(closed=int.from_bytes(data[:2], "big"))
            tell(received=data.decode())
    except (websocket.WebSocketException, OSError) as error:
        tell(gone=str(error))


def main():
    url, *token = sys.argv[1:]
    header = [f"Authorization: Bearer {one}" for one in token]
    socket = websocket.create_connection(url, timeout=LONGEST_WAIT_SECONDS, header=header)
    tell(subprotocol=socket.getsubprotocol())
    receiving = threading.Thread(target=receive, args=[socket])
    receiving.start()
    for line in sys.stdin:
        socket.send(line.rstrip("\n"))
    socket.send_close()
    receiving.join()


main()
