"""A program on a terminal of its own: [argv], [[prompt, answer], ...] as JSON.

Waits for each prompt (a regular expression), types its answer, and prints what
stood on the terminal and the exit code, as JSON. An answer of null is Ctrl-C.
"""
import json
import os
import pty
import re
import select
import sys
import time

argv, steps = json.loads(sys.argv[1]), json.loads(sys.argv[2])
pid, fd = pty.fork()
if pid == 0:
    os.execv(argv[0], argv)
seen, at = b'', 0
end = time.monotonic() + 120


def more():
    """Reads on; False at the end."""
    global seen
    if time.monotonic() > end:
        raise SystemExit('too late: ' + seen.decode(errors='replace'))
    if not select.select([fd], [], [], 0.1)[0]:
        return True
    try:
        data = os.read(fd, 65536)
    except OSError:
        return False
    seen += data
    return bool(data)


for prompt, answer in steps:
    while not (found := re.search(prompt.encode(), seen[at:])):
        if not more():
            raise SystemExit('ended before %r: %s' % (prompt, seen.decode(errors='replace')))
    at += found.end()
    os.write(fd, b'\x03' if answer is None else answer.encode() + b'\n')
while more():
    pass
code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
print(json.dumps({'seen': seen.decode(errors='replace').replace('\r\n', '\n'), 'code': code}))
